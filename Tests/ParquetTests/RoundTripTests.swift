import Columnar
import Parquet
import Testing

@Suite struct RoundTripTests {
    /// TIME has no type in Delta tables: it comes back as text.
    static func stored(_ value: Value) -> Value {
        switch value {
        case .time(let milliseconds): return .string(Civil.timeText(milliseconds: Int(milliseconds)))
        case .array(let elements): return .array(elements.map(stored))
        case .map(let entries): return .map(entries.map { (key: stored($0.key), value: stored($0.value)) })
        case .structure(let members): return .structure(members.map(stored))
        default: return value
        }
    }

    static func stored(_ type: DataType) -> DataType {
        switch type {
        case .time: return .string
        case .array(let element): return .array(stored(element))
        case .map(let key, let value): return .map(key: stored(key), value: stored(value))
        case .structure(let fields): return .structure(fields.map { Field($0.name, stored($0.type)) })
        default: return type
        }
    }

    static func bytes(_ file: ParquetFile) -> [UInt8] { file.withBytes { Array($0) } }

    @Test(arguments: 0..<60) func randomNestedBatchesComeBackEqual(seed: Int) throws {
        var random = RandomBatches(seed: UInt64(seed))
        let schema = random.schema()
        let compressions: [ParquetOptions.Compression] = [
            .none, .snappy, .lz4, .zstd(level: 1), .zstd(level: -3),
        ]
        let encodings: [ParquetColumnOptions.Encoding] = [.automatic, .plain, .dictionary, .delta]
        var columns: [String: ParquetColumnOptions] = [:]
        for field in schema.fields {
            columns[field.name] = ParquetColumnOptions(
                encoding: encodings[random.below(4)], hasBounds: random.below(2) == 0)
        }
        let options = ParquetOptions(
            compression: compressions[random.below(5)], rowGroupRows: 1 + random.below(300), pageBytes: 256,
            columns: columns)
        let writer = ParquetWriter(schema: schema, options: options)
        var expected: [[Value]] = []
        for _ in 0..<1 + random.below(4) {
            let batch = random.batch(schema, rows: random.below(200))
            try writer.write(batch)
            for row in 0..<batch.count { expected.append(batch.row(row).map(Self.stored)) }
        }
        let file = try writer.finish()
        #expect(file.rowCount == expected.count)
        let reader = try ParquetReader(Self.bytes(file))
        #expect(reader.rowCount == expected.count)
        var found: [[Value]] = []
        for batch in try reader.readAll() {
            for row in 0..<batch.count { found.append(batch.row(row)) }
        }
        #expect(found == expected, "seed \(seed)")
    }

    @Test(arguments: 0..<20) func boundsAndNullCountsAreThoseOfTheRows(seed: Int) throws {
        var random = RandomBatches(seed: 1000 + UInt64(seed))
        let types: [DataType] = [
            .boolean, .integer, .bigint, .double, .decimal(precision: 5, scale: 2),
            .decimal(precision: 15, scale: 2),
            .decimal(precision: 30, scale: 4), .string, .bytes, .date, .timestamp,
        ]
        let schema = Schema(types.enumerated().map { Field("c\($0.offset)", $0.element) })
        let batch = random.batch(schema, rows: 50 + random.below(100))
        let writer = ParquetWriter(schema: schema, options: ParquetOptions(rowGroupRows: 30))
        try writer.write(batch)
        let file = try writer.finish()
        for (index, statistics) in file.statistics.enumerated() {
            let values = (0..<batch.count).map { batch.columns[index].value(at: $0) }
            #expect(statistics.path == ["c\(index)"])
            #expect(statistics.nullCount == values.filter(\.isNull).count)
            let present = values.filter { !$0.isNull }
            let minimum = try #require(statistics.minimum)
            let maximum = try #require(statistics.maximum)
            #expect(present.contains(minimum) && present.contains(maximum), "seed \(seed) column \(index)")
            #expect(present.allSatisfy { !Self.isLess($0, minimum) && !Self.isLess(maximum, $0) })
        }
    }

    static func isLess(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.boolean(let a), .boolean(let b)): return !a && b
        case (.integer(let a), .integer(let b)), (.date(let a), .date(let b)): return a < b
        case (.bigint(let a), .bigint(let b)), (.timestamp(let a), .timestamp(let b)): return a < b
        case (.double(let a), .double(let b)): return a < b
        case (.decimal(let a, _), .decimal(let b, _)): return a < b
        case (.string(let a), .string(let b)): return Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8))
        case (.bytes(let a), .bytes(let b)): return a.lexicographicallyPrecedes(b)
        default: return false
        }
    }

    @Test func aNaNLeavesAColumnWithoutBounds() throws {
        let builder = ColumnBuilder(type: .double)
        for value in [1.0, .nan, 3.0] { builder.append(value) }
        let schema = Schema([Field("x", .double)])
        let writer = ParquetWriter(schema: schema)
        try writer.write(Batch(schema: schema, columns: [builder.finish()], count: 3))
        let statistics = try writer.finish().statistics
        #expect(statistics[0].minimum == nil && statistics[0].maximum == nil)
    }

    @Test func aFileWithoutRowsHasItsColumns() throws {
        let schema = Schema([Field("a", .string), Field("b", .array(.integer))])
        let file = try ParquetWriter(schema: schema).finish()
        let reader = try ParquetReader(Self.bytes(file))
        #expect(reader.schema == schema)
        #expect(try reader.readAll().allSatisfy { $0.count == 0 })
    }

    @Test func chosenColumnsAloneAreRead() throws {
        var random = RandomBatches(seed: 7)
        let schema = Schema([
            Field("a", .string), Field("b", .structure([Field("x", .integer), Field("y", .string)])),
            Field("c", .timestamp),
        ])
        let batch = random.batch(schema, rows: 100)
        let writer = ParquetWriter(schema: schema)
        try writer.write(batch)
        let reader = try ParquetReader(Self.bytes(try writer.finish()))
        let read = Batch.concatenate(try reader.readAll(columns: [1, 2]))
        #expect(read.schema.names == ["b", "c"])
        for row in 0..<100 { #expect(read.row(row) == Array(batch.row(row)[1...])) }
        #expect(try reader.readAll(columns: []).reduce(0) { $0 + $1.count } == 100)
    }

    @Test func aNullMapKeyIsRejected() throws {
        let builder = ColumnBuilder(type: .map(key: .string, value: .integer))
        builder.append(.map([(key: .null, value: .integer(1))]))
        let schema = Schema([Field("m", .map(key: .string, value: .integer))])
        let batch = Batch(schema: schema, columns: [builder.finish()], count: 1)
        #expect(throws: ParquetError.self) { try ParquetWriter(schema: schema).write(batch) }
    }

    @Test func brokenFilesGiveErrorsAndNoCrash() throws {
        var random = RandomBatches(seed: 11)
        let schema = Schema([
            Field("a", .string), Field("b", .array(.bigint)), Field("c", .decimal(precision: 20, scale: 3)),
            Field("d", .timestamp),
        ])
        let writer = ParquetWriter(schema: schema, options: ParquetOptions(rowGroupRows: 40))
        try writer.write(random.batch(schema, rows: 100))
        let whole = Self.bytes(try writer.finish())
        for _ in 0..<400 {
            var broken = whole
            if random.below(2) == 0 { broken.removeLast(1 + random.below(whole.count)) }
            for _ in 0..<random.below(4) where !broken.isEmpty {
                broken[random.below(broken.count)] = UInt8(random.below(256))
            }
            do throws(ParquetError) {
                _ = try ParquetReader(broken).readAll()
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }
}
