import Columnar

/// Splits batches by the values of partition columns.
struct PartitionSplitter: Sendable {
    /// The rows of one partition.
    struct Part {
        let key: Fingerprint
        let values: [(name: String, text: String?)]
        /// The columns that data files hold.
        let rows: Batch
        /// Which rows of the batch these are; nil for all of them.
        let selection: Selection?
    }

    private let partitions: [Int]
    /// Places of the data files' columns in the table.
    let dataIndexes: [Int]
    let dataSchema: Schema
    private let names: [String]

    /// - Parameter schema: the columns of the batches, in the table's order.
    init(schema: Schema, metadata: TableMetadata) {
        partitions = metadata.partitionIndexes
        dataIndexes = metadata.dataIndexes
        dataSchema = Schema(dataIndexes.map { schema[$0] })
        names = partitions.map { metadata.schema.fields[$0].name }
    }

    func split(_ batch: Batch) -> [Part] {
        if batch.count == 0 { return [] }
        let rows = Batch(
            schema: dataSchema, columns: dataIndexes.map { batch.columns[$0] }, count: batch.count)
        if partitions.isEmpty {
            return [Part(key: Fingerprint(low: 0, high: 0), values: [], rows: rows, selection: nil)]
        }
        let columns = partitions.map { batch.columns[$0] }
        let seed = Fingerprint(low: 0x9A27, high: 0x1710)
        let prints = RowKeys.fingerprints(columns, count: batch.count, seed: seed)
        var groups: [Fingerprint: Int] = [prints[0]: 0]
        var firstRows = [0]
        var groupOfRow = [Int32](repeating: 0, count: batch.count)
        // Rows of one day stand together: most have the partition of the row before.
        var current = 0
        for row in 0..<batch.count {
            if row > 0, prints[row] != prints[row - 1] {
                if let known = groups[prints[row]] {
                    current = known
                } else {
                    current = firstRows.count
                    groups[prints[row]] = current
                    firstRows.append(row)
                }
            }
            groupOfRow[row] = Int32(truncatingIfNeeded: current)
        }
        if firstRows.count == 1 {
            return [Part(key: prints[0], values: values(columns, row: 0), rows: rows, selection: nil)]
        }
        var selections: [[Int32]] = Array(repeating: [], count: firstRows.count)
        for row in 0..<batch.count {
            selections[Int(groupOfRow[row])].append(Int32(truncatingIfNeeded: row))
        }
        return firstRows.enumerated().map { group, first in
            let selection = Selection(selections[group])
            return Part(
                key: prints[first], values: values(columns, row: first), rows: rows.gather(selection),
                selection: selection)
        }
    }

    private func values(_ columns: [Column], row: Int) -> [(name: String, text: String?)] {
        zip(names, columns).map { ($0, PartitionValue.text($1.value(at: row))) }
    }
}
