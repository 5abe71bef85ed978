import Storage

/// All files of a table's folder, with times that can be compared with the clock of those who write to it.
enum FolderListing {
    /// A store whose clock is behind would make files look older than they are, and a file of a commit under
    /// way like one that nobody needs. How far it is behind shows the newest commit, which has both times.
    static func objects(
        _ store: any ObjectStore, newest version: Int64
    ) throws(DeltaError) -> [StoredObject] {
        let listed: [StoredObject]
        do throws(StorageError) {
            listed = try store.list(prefix: "", after: nil)
        } catch {
            throw .storage(error, doing: "listing the table's files")
        }
        let name = LogFile.commitName(version)
        guard let commit = listed.first(where: { $0.name == name }),
            let actions = try LogReader(store: store).commit(version),
            let told = CommitInfo.timestamp(of: actions), told > commit.modified
        else { return listed }
        let behind = told - commit.modified
        return listed.map { StoredObject(name: $0.name, size: $0.size, modified: $0.modified + behind) }
    }
}
