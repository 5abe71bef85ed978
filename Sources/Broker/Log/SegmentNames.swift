/// What the files of a partition are called.
///
/// `<base offset, 20 digits>.log` and `.index`; while compaction swaps, `<base>-<end>.swap`; `checkpoint`.
enum SegmentNames {
    static let checkpoint = "checkpoint"
    static let cleaned = ".cleaned"
    static let swap = ".swap"

    static func digits(_ offset: Int64) -> String {
        let text = String(offset)
        return String(repeating: "0", count: max(0, 20 - text.utf8.count)) + text
    }

    static func log(_ offset: Int64) -> String { digits(offset) + ".log" }

    static func index(ofLog path: String) -> String { String(path.dropLast(4)) + ".index" }

    /// The base offset in the name of a log; nil for other names.
    static func offset(ofLog name: String) -> Int64? {
        guard name.hasSuffix(".log"), name.utf8.count == 24 else { return nil }
        return Int64(name.dropLast(4)).flatMap { $0 >= 0 ? $0 : nil }
    }

    static func swap(_ range: Range<Int64>) -> String {
        "\(digits(range.lowerBound))-\(digits(range.upperBound))\(swap)"
    }

    static func range(ofSwap name: String) -> Range<Int64>? {
        guard name.hasSuffix(swap) else { return nil }
        let parts = name.dropLast(swap.utf8.count).split(separator: "-")
        guard parts.count == 2, let first = Int64(parts[0]), let last = Int64(parts[1]), first <= last else {
            return nil
        }
        return first..<last
    }
}
