/// Names for the files of a run: `events_20261118_235000.json`, after the arrival of the first line in UTC.
///
/// A name that is taken gets a number, `events_20261118_235000_001.json`, which sorts behind it.
struct FileNames {
    private let fileExtension: String
    private var stem = ""
    private var number = 0

    init(format: LineFormat) { fileExtension = format.rawValue }

    /// The name for a file whose first line arrives at `milliseconds` since 1970.
    mutating func first(at milliseconds: Int64) -> String {
        let time = TimestampText.text(milliseconds).prefix(19)
        let digits = time.filter(\.isNumber)
        let stem = "events_\(digits.prefix(8))_\(digits.suffix(6))"
        // Files of one second are numbered on: else each would try all names before it again.
        if stem == self.stem { return next() }
        self.stem = stem
        number = 0
        return "\(stem).\(fileExtension)"
    }

    /// Another name for the same file, as the last one is taken.
    mutating func next() -> String {
        number += 1
        let digits = String(number)
        return "\(stem)_\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits).\(fileExtension)"
    }
}
