import Columnar

/// Takes old partitions out of a table by the day that they stand for.
///
/// The days of a table are the values of its first DATE partition column. A commit removes their files whole;
/// readers of earlier versions still find them, until the table's retention of replaced files has passed.
public struct RowRetention: Sendable {
    public let table: DeltaTable
    /// Milliseconds: a day goes when its end is longer ago.
    public let age: Int64

    public init(_ table: DeltaTable, age: Int64) {
        self.table = table
        self.age = age
    }

    /// The DATE column that the table is partitioned by; nil where there is none.
    public static func dayColumn(of table: DeltaTable) -> String? {
        let metadata = table.snapshot.metadata
        return metadata.partitionIndexes.map { metadata.schema.fields[$0] }.first { $0.type == .date }?.name
    }

    /// Removes what is too old, if anything is. For any thread; others may write to the table meanwhile.
    /// - Returns: how many files went.
    @discardableResult public func run() throws(DeltaError) -> Int {
        guard let column = RowRetention.dayColumn(of: table) else { return 0 }
        let snapshot = table.snapshot
        let now = table.environment.clock()
        let key = snapshot.metadata.partitionKey(column)
        let lastDay = Civil.floorDivide(now - age, Civil.millisecondsPerDay)
        let old = snapshot.files.values.filter { file in
            guard case .date(let day)? = PartitionValue.value(file.partitionValues[key] ?? nil, type: .date)
            else { return false }
            return Int64(day) < lastDay
        }
        guard !old.isEmpty else { return 0 }
        let oldest = Civil.dateText(days: Int(lastDay))
        do throws(DeltaError) {
            _ = try table.commit(
                CommitProposal(
                    actions: old.map { .remove($0.removed(at: now, dataChange: true)) },
                    version: snapshot.version, metadata: snapshot.metadata, operation: "DELETE",
                    parameters: ["predicate": "[\"\(column) < '\(oldest)'\"]"], basis: .removedFiles,
                    addsNewRows: false))
            return old.count
        } catch {
            // Somebody has joined or removed some of them: the rest goes next time.
            guard case .conflict = error else { throw error }
            return 0
        }
    }
}
