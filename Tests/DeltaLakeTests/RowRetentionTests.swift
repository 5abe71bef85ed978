import Columnar
import DeltaLake
import Foundation
import Testing

@Suite struct RowRetentionTests {
    @Test func daysThatEndedTooLongAgoGo() throws {
        let lake = Lake()
        defer { lake.remove() }
        let clock = CleaningTests.Clock()
        let schema = Schema([Field("day", .date), Field("id", .bigint)])
        let table = try DeltaTable.openOrCreate(
            lake.store, TableDefinition(schema: schema, partitionColumns: ["day"]),
            environment: clock.environment)
        let today = Int32(clock.environment.clock() / 86_400_000)
        let rows =
            (0..<5).map { [Value.date(today - Int32($0)), .bigint(Int64($0))] } + [[.null, .bigint(9)]]
        try ForeignTableTests.append(table, schema, rows)
        let retention = RowRetention(table, age: 2 * 86_400_000)
        #expect(try retention.run() == 2)
        #expect(try retention.run() == 0)
        let left = try table.readAll(table.snapshot).flatMap { batch in
            (0..<batch.count).map { batch.row($0)[1] }
        }
        #expect(Set(left) == [.bigint(0), .bigint(1), .bigint(2), .bigint(9)])
        #expect(table.rowCount(try table.snapshot(at: 1)) == 6)
        clock.advance(86_400_000)
        #expect(try retention.run() == 1)
        // Rows that come late for such a day go with the next run.
        try ForeignTableTests.append(table, schema, [[.date(today - 9), .bigint(10)]], epoch: 2)
        #expect(try retention.run() == 1)
        #expect(try table.history(limit: 1).first?.operation == "DELETE")
    }
}
