import Storage

/// The commits and checkpoints that are older than the table keeps its history, in the order in which they
/// may go.
///
/// The newest checkpoint that is old enough carries all versions behind it; what lies before it goes from the
/// oldest on, so that the log never has a gap, wherever a crash stops it.
enum ExpiredLog {
    /// - Parameter now: milliseconds since the epoch.
    static func objects(
        _ store: any ObjectStore, _ metadata: TableMetadata, now: Int64
    ) throws(DeltaError) -> [StoredObject] {
        guard let retention = TableProperties.logRetention(metadata) else { return [] }
        let oldest = now - retention
        let listed: [StoredObject]
        do throws(StorageError) {
            listed = try store.list(prefix: LogFile.folder, after: nil)
        } catch {
            throw .storage(error, doing: "listing the log")
        }
        let base = listed.compactMap { object -> Int64? in
            guard case .checkpoint(let version)? = LogFile(name: object.name), object.modified < oldest else {
                return nil
            }
            return version
        }.max()
        guard let base else { return [] }
        return listed.filter { object in
            guard let version = LogFile.version(ofAny: object.name) else { return false }
            return version < base && object.modified < oldest
        }
    }
}
