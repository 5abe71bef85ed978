import Storage

/// The commits and checkpoints that are older than the table keeps its history, in the order in which they
/// may go.
///
/// The newest checkpoint that is old enough carries all versions behind it; what lies before it goes from the
/// oldest on, so that the log never has a gap, wherever a crash stops it.
enum ExpiredLog {
    /// - Parameters:
    ///   - listed: all files of the table's folder, in the order of their names.
    ///   - now: milliseconds since the epoch.
    static func objects(
        _ listed: [StoredObject], _ metadata: TableMetadata, now: Int64
    ) -> [StoredObject] {
        guard let retention = TableProperties.logRetention(metadata) else { return [] }
        let oldest = now - retention
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
