import Columnar
import TestKit
import Testing

@testable import Runtime

@Suite struct KeyCodecTests {
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func givesBackKeysOfAnyTypes(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let types = (0..<Int.random(in: 1...4, using: &random)).map { _ in RandomRows.type(using: &random) }
        let rows = (0..<40).map { _ in types.map { RandomRows.value($0, using: &random) } }
        let columns = types.indices.map { index in RandomRows.column(types[index], rows.map { $0[index] }) }
        var codec = KeyCodec(types: types)
        let builders = types.map { ColumnBuilder(type: $0) }
        for row in rows.indices {
            codec.encode(columns, row: row) { KeyCodec.decode($0, into: builders) }
        }
        KeyCodec.decode(nil, into: builders)
        for (index, builder) in builders.enumerated() {
            let column = builder.finish()
            for row in rows.indices {
                #expect(column.value(at: row) == rows[row][index], "seed \(seed), \(types[index].sql)")
            }
            #expect(column.value(at: rows.count).isNull, "bytes that are missing are NULL")
        }
    }
}
