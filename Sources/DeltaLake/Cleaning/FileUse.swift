import Storage

/// Which files of a table's folder the versions need that are to be kept.
///
/// ```
///                 oldest kept moment
/// ─ version 7 ─────────┼── version 8 ─── version 9 (newest) ──►
///        needed: it was the newest then     needed: its files are live, or were removed since
/// ```
struct FileUse {
    /// A file that no version knows of may belong to a commit under way: it is let alone for an hour.
    static let shortestAge: Int64 = 3_600_000

    private let location: String
    private let oldest: Int64
    private let now: Int64
    private let slack: Int64
    private var used: Set<String> = []
    private var superseded: Set<String> = []

    /// - Parameters:
    ///   - oldest: the moment whose version is the first that is kept, in milliseconds since the epoch.
    ///   - slack: how much longer a file may have been in use than its age tells, where not every removal is
    ///     known.
    init(_ snapshot: Snapshot, at location: String, oldest: Int64, now: Int64, slack: Int64) {
        self.location = location
        self.oldest = oldest
        self.now = now
        self.slack = slack
        for file in snapshot.liveFiles { use(file.path, file.vector) }
        for file in snapshot.removed.values {
            if (file.deletionTimestamp ?? now) >= oldest {
                keep(file)
            } else {
                release(file)
            }
        }
    }

    /// Takes in that the file was removed before the oldest moment that is kept.
    mutating func release(_ file: RemoveFile) {
        if let name = FilePath.name(of: file.path, in: location) { superseded.insert(name) }
    }

    /// Takes in that a version which is kept has the file.
    mutating func keep(_ file: RemoveFile) {
        use(file.path, file.deletionVector.flatMap { DeletionVector($0) })
    }

    private mutating func use(_ path: String, _ vector: DeletionVector?) {
        if let name = FilePath.name(of: path, in: location) { used.insert(name) }
        if case .file(let path, _)? = vector?.place, let name = FilePath.name(of: path, in: location) {
            used.insert(name)
        }
    }

    /// Whether no version that is kept needs the file, nor a commit under way.
    func isUnused(_ object: StoredObject) -> Bool {
        guard !used.contains(object.name), object.modified < oldest else { return false }
        if object.name.hasPrefix(FileUse.changeFolder) { return object.modified < oldest - slack }
        guard FileUse.isDataFile(object.name) else { return false }
        if superseded.contains(object.name) { return true }
        return object.modified < oldest - slack && object.modified < now - FileUse.shortestAge
    }

    /// Where the change data feed lies; its files are as old as their commit.
    static let changeFolder = "_change_data/"

    /// Not the log, nor what other engines keep beside the data under names with `_`.
    private static func isDataFile(_ name: String) -> Bool {
        name.split(separator: "/").allSatisfy { part in
            part.utf8.first != UInt8(ascii: "_") || part.utf8.contains(UInt8(ascii: "="))
        }
    }
}
