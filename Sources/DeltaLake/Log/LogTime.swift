import Columnar

/// Times of the log for people.
enum LogTime {
    static func text(_ milliseconds: Int64) -> String {
        Civil.timestampText(milliseconds: milliseconds) + "Z"
    }
}
