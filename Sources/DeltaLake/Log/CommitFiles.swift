/// The commits that a log's folder has, each alone or several in one file.
struct CommitFiles {
    let versions: Set<Int64>
    /// The last versions of the files that begin with a version.
    private var compacted: [Int64: [Int64]] = [:]

    init(_ files: [LogFile]) {
        var versions: Set<Int64> = []
        for file in files {
            switch file {
            case .commit(let version): versions.insert(version)
            case .compacted(let first, let last): compacted[first, default: []].append(last)
            default: break
            }
        }
        self.versions = versions
    }

    /// The end of the longest file of several commits that begins with a version; nil where there is none.
    func compactedEnd(from version: Int64, atMost limit: Int64) -> Int64? {
        compacted[version]?.filter { $0 <= limit }.max()
    }
}
