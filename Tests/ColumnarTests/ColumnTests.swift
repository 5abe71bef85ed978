import Columnar
import TestKit
import Testing

/// Columns against lists of values.
@Suite struct ColumnTests {
    private static let sizes = [0, 1, 2, 63, 64, 65, 127, 128, 129, 200]

    @Test(arguments: 0..<40)
    func builderKeepsWhatItWasGiven(seed: Int) {
        var random = RandomColumns(seed: seed)
        for type in RandomColumns.types {
            let values = random.values(type, count: random.dice.pick(ColumnTests.sizes))
            let column = RandomColumns.column(type, values)
            #expect(RandomColumns.values(of: column) == values, "\(type.sql), seed \(seed)")
            #expect(column.nullCount == values.filter(\.isNull).count)
            #expect((column.validity == nil) == !values.contains(.null))
        }
    }

    @Test(arguments: 0..<40)
    func gatherTakesTheNamedRows(seed: Int) {
        var random = RandomColumns(seed: seed)
        for type in RandomColumns.types {
            let values = random.values(type, count: random.dice.int(1...150))
            let rows = (0..<random.dice.pick(ColumnTests.sizes)).map { _ in
                random.dice.int(0...values.count - 1)
            }
            let column = RandomColumns.column(type, values).gather(Selection(rows.map { Int32($0) }))
            #expect(RandomColumns.values(of: column) == rows.map { values[$0] }, "\(type.sql), seed \(seed)")
        }
    }

    @Test(arguments: 0..<40)
    func concatenatedSlicesAreTheWhole(seed: Int) {
        var random = RandomColumns(seed: seed)
        for type in RandomColumns.types {
            let values = random.values(type, count: random.dice.int(0...200))
            let column = RandomColumns.column(type, values)
            var parts: [Column] = []
            var start = 0
            while start < values.count {
                let end = min(values.count, start + random.dice.pick([1, 5, 64, 70]))
                parts.append(column.slice(start..<end))
                #expect(RandomColumns.values(of: parts[parts.count - 1]) == Array(values[start..<end]))
                start = end
            }
            parts.append(RandomColumns.column(type, random.values(type, count: 3)))
            let joined = Column.concatenate(parts)
            let expected = values + RandomColumns.values(of: parts[parts.count - 1])
            #expect(RandomColumns.values(of: joined) == expected, "\(type.sql), seed \(seed)")
        }
    }

    @Test(arguments: 0..<40)
    func truncatedRowsHaveNeverBeen(seed: Int) {
        var random = RandomColumns(seed: seed)
        for type in RandomColumns.types {
            let builder = ColumnBuilder(type: type, capacity: 1)
            var kept: [Value] = []
            for _ in 0..<6 {
                let more = random.values(type, count: random.dice.int(0...50))
                for value in more { builder.append(value) }
                kept += more
                kept = Array(kept.prefix(random.dice.int(0...kept.count)))
                builder.truncate(to: kept.count)
                #expect(builder.count == kept.count)
            }
            let last = random.values(type, count: 5)
            for value in last { builder.append(value) }
            #expect(RandomColumns.values(of: builder.finish()) == kept + last, "\(type.sql), seed \(seed)")
        }
    }

    @Test func truncateUndoesARowThatWasNotEnded() {
        let list = ColumnBuilder(type: .array(.integer))
        list.append(.array([.integer(1)]))
        list.children[0].append(Int32(7))
        list.truncate(to: 1)
        list.append(.array([.integer(2)]))
        #expect(RandomColumns.values(of: list.finish()) == [.array([.integer(1)]), .array([.integer(2)])])
        let structure = ColumnBuilder(type: .structure([Field("A", .integer), Field("B", .string)]))
        structure.children[0].append(Int32(7))
        structure.truncate(to: 0)
        structure.append(.structure([.integer(1), .string("x")]))
        #expect(RandomColumns.values(of: structure.finish()) == [.structure([.integer(1), .string("x")])])
    }

    @Test func sharedBuffersAreNotCopied() {
        let text = "a text of over twelve bytes"
        let buffer = Array(text.utf8).withUnsafeBytes { Buffer(copying: $0) }
        let builder = ColumnBuilder(type: .string)
        builder.append("own text of over twelve bytes")
        let index = builder.share(buffer)
        builder.appendView(StringView(base: buffer.pointer, buffer: index, offset: 2, length: 20))
        builder.appendView(StringView(base: buffer.pointer, buffer: index, offset: 2, length: 4))
        builder.append("and more own text behind it")
        let column = builder.finish()
        #expect(column.string(at: 1) == "text of over twelve ")
        #expect(column.string(at: 2) == "text")
        #expect(column.string(at: 0) == "own text of over twelve bytes")
        #expect(column.string(at: 3) == "and more own text behind it")
        #expect(column.dataBuffers.contains { $0 === buffer })
    }

    @Test func constantsAndNulls() {
        let constant = Column.constant(.string("over twelve bytes of text"), type: .string, count: 70)
        #expect(
            RandomColumns.values(of: constant)
                == Array(repeating: .string("over twelve bytes of text"), count: 70))
        #expect(Column.nulls(.array(.integer), count: 3).nullCount == 3)
        let batch = Batch(
            schema: Schema([Field("A", .integer)]),
            columns: [RandomColumns.column(.integer, [.integer(1), .integer(2)])],
            count: 2)
        #expect(Batch.concatenate([batch, batch.slice(1..<2)]).columns[0].count == 3)
        #expect(batch["A"]?.value(at: 1) == .integer(2))
        #expect(batch["B"] == nil)
    }

    @Test(arguments: 0..<40)
    func bitmapsAgreeWithListsOfBools(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        let count = dice.pick(ColumnTests.sizes)
        func bitmap(_ bits: [Bool]) -> Bitmap {
            let result = Bitmap(repeating: false, count: bits.count)
            for (index, bit) in bits.enumerated() { result.assign(index, bit) }
            return result
        }
        func list(_ bits: Bitmap) -> [Bool] { (0..<bits.count).map { bits[$0] } }
        let density = dice.pick([0, 5, 50, 100])
        let a = (0..<count).map { _ in dice.chance(density) }
        let b = (0..<count).map { _ in dice.chance(50) }
        let (x, y) = (bitmap(a), bitmap(b))
        #expect(list(x) == a)
        #expect(x.countOfOnes == a.filter { $0 }.count)
        #expect(list(x.intersection(y)) == zip(a, b).map { $0 && $1 })
        #expect(list(x.union(y)) == zip(a, b).map { $0 || $1 })
        #expect(list(x.subtracting(y)) == zip(a, b).map { $0 && !$1 })
        #expect(list(x.inverted) == a.map { !$0 })
        #expect(x.isEmpty == !a.contains(true))
        #expect(x.inverted.inverted.countOfOnes == x.countOfOnes)
        var ones: [Int] = []
        x.forEachOne { ones.append($0) }
        #expect(ones == a.indices.filter { a[$0] })
        var zeros: [Int] = []
        x.inverted.inverted.forEachZero { zeros.append($0) }
        #expect(zeros == a.indices.filter { !a[$0] })
        let selection = Selection(ones: x.inverted.inverted)
        #expect((0..<selection.count).map { Int(selection.rows[$0]) } == ones)
    }

    @Test func viewsOrderAsTheirBytes() {
        var dice = SeededGenerator(seed: 9)
        let values = (0..<300).map { _ in
            (0..<dice.pick([0, 1, 3, 4, 5, 11, 12, 13, 30])).map { _ in UInt8(dice.pick([0, 1, 97, 255])) }
        }
        let column = RandomColumns.column(.bytes, values.map { .bytes($0) })
        for i in 0..<values.count {
            for j in 0..<values.count {
                let order = StringView.compare(
                    column.views + i, column.dataBases, column.views + j, column.dataBases)
                let equal = StringView.equal(
                    column.views + i, column.dataBases, column.views + j, column.dataBases)
                #expect(equal == (values[i] == values[j]))
                #expect((order < 0) == values[i].lexicographicallyPrecedes(values[j]))
                #expect((order == 0) == equal)
            }
        }
    }
}
