/// A file of the log, known by its name below `_delta_log/`.
enum LogFile: Equatable, Sendable {
    static let folder = "_delta_log/"
    static let lastCheckpoint = "_delta_log/_last_checkpoint"

    case commit(Int64)
    /// All that the commits from one version to another have changed, in one file.
    case compacted(Int64, to: Int64)
    case checkpoint(Int64)
    /// Part `part` of `parts`, counted from 1.
    case checkpointPart(Int64, part: Int, parts: Int)
    /// A V2 checkpoint, whose actions may lie in further files.
    case namedCheckpoint(Int64, isJSON: Bool)

    var version: Int64 {
        switch self {
        case .commit(let version), .compacted(let version, _), .checkpoint(let version),
            .checkpointPart(let version, _, _),
            .namedCheckpoint(let version, _):
            return version
        }
    }

    static func commitName(_ version: Int64) -> String { folder + padded(version, 20) + ".json" }
    static func compactedName(_ first: Int64, _ last: Int64) -> String {
        folder + padded(first, 20) + "." + padded(last, 20) + ".compacted.json"
    }
    static func checkpointName(_ version: Int64) -> String {
        folder + padded(version, 20) + ".checkpoint.parquet"
    }
    /// Sorts before every file of this version and behind all of those before.
    static func start(of version: Int64) -> String { folder + padded(version, 20) }

    /// The version of any file of the log that has one in front, also of checksums and compacted commits.
    static func version(ofAny name: String) -> Int64? {
        guard name.hasPrefix(folder) else { return nil }
        let parts = name.dropFirst(folder.utf8.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, first.utf8.count == 20 else { return nil }
        return Int64(first).flatMap { $0 >= 0 ? $0 : nil }
    }

    static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(max(0, number))
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// nil for what is none of these: temporary files, checksums, other people's files.
    init?(name: String) {
        guard name.hasPrefix(LogFile.folder) else { return nil }
        let parts = name.dropFirst(LogFile.folder.utf8.count).split(
            separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, first.utf8.count == 20, let version = Int64(first), version >= 0 else {
            return nil
        }
        switch (parts.count, parts.last) {
        case (2, "json"): self = .commit(version)
        case (3, "parquet") where parts[1] == "checkpoint": self = .checkpoint(version)
        case (4, "parquet") where parts[1] == "checkpoint": self = .namedCheckpoint(version, isJSON: false)
        case (4, "json") where parts[1] == "checkpoint": self = .namedCheckpoint(version, isJSON: true)
        case (4, "json") where parts[2] == "compacted":
            guard let last = Int64(parts[1]), last > version else { return nil }
            self = .compacted(version, to: last)
        case (5, "parquet") where parts[1] == "checkpoint":
            guard let part = Int(parts[2]), let count = Int(parts[3]), part >= 1, part <= count else {
                return nil
            }
            self = .checkpointPart(version, part: part, parts: count)
        default: return nil
        }
    }
}
