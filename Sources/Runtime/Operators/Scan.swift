import Columnar
import Diagnostics
import Expressions
import Formats
import Planning

/// The first operator: chunks of a source into rows with event times, bad records set aside.
final class Scan: @unchecked Sendable {
    let relation: Relation
    let properties: SourceProperties
    let counters = Counters()
    /// Positions in the relation's layout that somebody reads.
    private let needed: Set<Int>
    /// Relation columns that the values' decoder fills, in the order of its fields.
    private let valueColumns: [Int]
    private let keyColumns: [Int]
    private let headerColumns: [Int]
    private let timestampColumn: Int?
    private let timeParser: EventTimeParser
    /// One set of decoders for each slot of a round: decoders learn and belong to one thread at a time.
    private var decoders: [SlotDecoders]

    private struct SlotDecoders {
        var values: RecordDecoders
        var keys: RecordDecoders?
    }

    /// What became of a chunk.
    struct Result: Sendable {
        var batches: [RowBatch] = []
        var deadLetters: [DeadLetter] = []
        var failure: Diagnostic?
    }

    init(
        relation: Relation, properties: SourceProperties, schemas: any SchemaSource, needed: Set<Int>,
        slots: Int
    ) {
        self.relation = relation
        self.properties = properties
        let time = properties.timestampColumn.flatMap { name in
            relation.columns.firstIndex { $0.name == name }
        }
        timestampColumn = time
        timeParser = EventTimeParser(pattern: properties.timestampFormat)
        var needed = needed
        if let time { needed.insert(time) }
        self.needed = needed
        let wanted = relation.columns.indices.filter { needed.contains($0) }
        let recordEnd = relation.columns.count - properties.headerColumns.count
        valueColumns = wanted.filter { $0 >= relation.keyCount && $0 < recordEnd }
        headerColumns = wanted.filter { $0 >= recordEnd }
        keyColumns = wanted.filter { $0 < relation.keyCount }
        decoders = []
        let isTopic = if case .topic = properties.connector { true } else { false }
        for _ in 0..<slots { decoders.append(makeDecoders(isTopic ? schemas : nil)) }
    }

    private func makeDecoders(_ schemas: (any SchemaSource)?) -> SlotDecoders {
        let valueCount = relation.recordValues.count
        let values = RecordDecoders(
            format: properties.valueFormat, delimiter: properties.delimiter,
            fields: valueColumns.map {
                DecodedField(
                    relation.columns[$0].name, relation.columns[$0].type, position: $0 - relation.keyCount)
            }, width: valueCount, isWrapped: valueCount != 1 || properties.wrapsSingleValue,
            schemas: schemas)
        let keys =
            keyColumns.isEmpty
            ? nil
            : RecordDecoders(
                format: properties.keyFormat, delimiter: properties.keyDelimiter,
                fields: keyColumns.map {
                    DecodedField(relation.columns[$0].name, relation.columns[$0].type, position: $0)
                }, width: relation.keyCount, isWrapped: relation.keyCount > 1, schemas: schemas)
        return SlotDecoders(values: values, keys: keys)
    }

    // MARK: One chunk

    /// Decodes chunks, in order. Called by many threads, each with a slot of its own.
    func decode(_ chunks: [Chunk], slot: Int, clock: Int64) -> Result {
        var result = Result()
        do throws(Diagnostic) {
            for chunk in chunks { try decode(chunk, slot, clock, into: &result) }
        } catch {
            result.failure = error
        }
        if !result.deadLetters.isEmpty { counters.addDeadLetters(result.deadLetters.lazy.map(\.code)) }
        return result
    }

    private func decode(
        _ chunk: Chunk, _ slot: Int, _ clock: Int64, into result: inout Result
    ) throws(Diagnostic) {
        switch chunk.framing {
        case .lines(let range, let header):
            let decoder = try decoders[slot].values.decoder(
                header: header, source: chunk.sourceName, isStrict: properties.errorPolicy == .fail)
            var start = range.lowerBound
            while start < range.upperBound {
                let records = decoder.decode(
                    chunk.buffer, range: start..<range.upperBound, limit: Batch.rowLimit)
                if records.end <= start { break }
                start = records.end
                guard records.count > 0 else { continue }
                let offsets = lineOffsets(records.frames, from: chunk.offset - Int64(range.lowerBound))
                add(Decoded(chunk, records, nil, offsets, nil), clock, to: &result)
            }
        case .records(let placed):
            let decoder = try decoders[slot].values.decoder(
                header: placed.header, source: chunk.sourceName, isStrict: properties.errorPolicy == .fail)
            let records = decoder.decode(chunk.buffer, frames: placed.frames)
            add(Decoded(chunk, records, nil, placed.offsets, nil), clock, to: &result)
        case .messages(let spans):
            let decoder = try decoders[slot].values.decoder(
                header: nil, source: chunk.sourceName, isStrict: true)
            let records = decoder.decode(chunk.buffer, frames: spans.values)
            let windows = relation.windowing.map { WindowedKeys(spans.keys, $0, in: chunk.buffer) }
            let keys = try decoders[slot].keys?.decoder(
                header: nil, source: chunk.sourceName, isStrict: true
            )
            .decode(chunk.buffer, frames: windows?.keys ?? spans.keys)
            var decoded = Decoded(
                chunk, records, keys, Column.bigints(spans.offsets), Column.bigints(spans.timestamps))
            decoded.windows = windows
            decoded.headers = spans.headers
            add(decoded, clock, to: &result)
        }
        for rejection in chunk.rejections {
            result.deadLetters.append(
                DeadLetter(
                    source: chunk.sourceName, partition: chunk.partition, offset: rejection.offset,
                    code: rejection.reason.code.rawValue, reason: rejection.reason.message,
                    bytes: rejection.bytes))
        }
    }

    /// A decoded run of records, before times and errors are looked at.
    private struct Decoded {
        let chunk: Chunk
        let records: DecodedRecords
        let keys: DecodedRecords?
        let offsets: Column
        let messageTimes: Column?
        /// The windows in the keys, where the relation has such keys.
        var windows: WindowedKeys?
        /// By message; empty when none has any.
        var headers: [[MessageHeader]] = []

        init(
            _ chunk: Chunk, _ records: DecodedRecords, _ keys: DecodedRecords?, _ offsets: Column,
            _ messageTimes: Column?
        ) {
            self.chunk = chunk
            self.records = records
            self.keys = keys
            self.offsets = offsets
            self.messageTimes = messageTimes
        }
    }

    private func lineOffsets(_ frames: RecordFrames, from base: Int64) -> Column {
        let values = Buffer(capacity: frames.count * 8)
        let out = values.pointer.assumingMemoryBound(to: Int64.self)
        for row in 0..<frames.count { out[row] = base + Int64(frames.start(row)) }
        return .fixed(.bigint, count: frames.count, validity: nil, values: values)
    }

    private func add(_ decoded: Decoded, _ clock: Int64, to result: inout Result) {
        let records = decoded.records
        let count = records.count
        var columns = [Column](repeating: RowBatch.absent, count: relation.width)
        for (index, position) in valueColumns.enumerated() { columns[position] = records.columns[index] }
        if let keys = decoded.keys {
            for (index, position) in keyColumns.enumerated() { columns[position] = keys.columns[index] }
        }
        for position in headerColumns {
            guard let content = properties.headerColumns[relation.columns[position].name] else { continue }
            columns[position] = content.column(decoded.headers, count: count)
        }
        var problems = RowProblems(records, keys: decoded.keys)
        for row in decoded.windows?.broken ?? [] {
            problems.add(row, "wrong_length", "the key is too short to name a window")
        }
        if let outage = problems.outage {
            // Nothing is known against the record: it is read again when the registry answers.
            result.failure = Diagnostic(.unavailable, outage)
            return
        }
        let times = eventTimes(columns, decoded, clock, &problems)
        let batch = finish(decoded, columns, times, problems, clock)
        counters.add(.rows, count)
        if properties.failsOnBadTime, let first = problems.list.first(where: { $0.code == "bad_timestamp" }) {
            result.failure = failure(
                first, decoded,
                hint: "mend the input, or leave \(SettingName.failsOnBadTime.rawValue) out")
        }
        switch properties.errorPolicy {
        case .keep:
            if problems.count > 0 { counters.addDeadLetters(problems.list.lazy.map(\.code)) }
            result.batches.append(batch)
        case .deadLetter:
            let bad = problems.list
            for problem in bad { result.deadLetters.append(deadLetter(problem, decoded)) }
            result.batches.append(bad.isEmpty ? batch : batch.selecting(problems.goodRows))
        case .fail:
            if let first = problems.list.first { result.failure = failure(first, decoded) }
            result.batches.append(batch)
        }
    }

    private func finish(
        _ decoded: Decoded, _ columns: [Column], _ times: EventTimes, _ problems: RowProblems, _ clock: Int64
    ) -> RowBatch {
        var columns = columns
        let count = decoded.records.count
        func place(_ pseudo: PseudoColumn, _ column: () -> Column) {
            let position = relation.position(of: pseudo)
            if needed.contains(position) { columns[position] = column() }
        }
        place(.rowTime) { times.values }
        place(.rowPartition) {
            .constant(
                .integer(Int32(truncatingIfNeeded: decoded.chunk.partition)), type: .integer, count: count)
        }
        place(.rowOffset) { decoded.offsets }
        place(.rowSource) { .constant(.string(decoded.chunk.sourceName), type: .string, count: count) }
        place(.rowRaw) { decoded.records.rawColumn(of: decoded.chunk.buffer) }
        place(.rowError) { problems.column }
        if let windows = decoded.windows {
            place(.windowStart) { windows.starts }
            place(.windowEnd) { windows.ends }
        }
        let time = ChunkTime(
            partition: decoded.chunk.partition, count: count, runningMaxima: times.runningMaxima)
        return RowBatch(
            columns: columns, count: count, selection: nil, origin: nil, eventTimes: times.values,
            valuePresence: presence(of: decoded), time: time, headers: headers(of: decoded))
    }

    private func headers(of decoded: Decoded) -> Column? {
        guard decoded.headers.contains(where: { !$0.isEmpty }) else { return nil }
        return SourceProperties.HeaderColumn.all.column(decoded.headers, count: decoded.records.count)
    }

    /// Which messages have a value; nil when all have, as lines do.
    private func presence(of decoded: Decoded) -> Bitmap? {
        guard decoded.messageTimes != nil else { return nil }
        var present: Bitmap?
        for row in 0..<decoded.records.count where decoded.records.frames.range(row) == nil {
            let bits = present ?? Bitmap(repeating: true, count: decoded.records.count)
            bits.clear(row)
            present = bits
        }
        return present
    }

    // MARK: Time

    private struct EventTimes {
        let values: Column
        let runningMaxima: Buffer
    }

    /// Event times with their running maximum. A record without a usable time gets the clock, and moves no
    /// watermark.
    private func eventTimes(
        _ columns: [Column], _ decoded: Decoded, _ clock: Int64, _ problems: inout RowProblems
    ) -> EventTimes {
        let count = decoded.records.count
        var parsed = decoded.messageTimes
        if let timestampColumn { parsed = timeParser.times(columns[timestampColumn]) }
        let values = Buffer(capacity: count * 8)
        let maxima = Buffer(capacity: count * 8)
        let out = values.pointer.assumingMemoryBound(to: Int64.self)
        let running = maxima.pointer.assumingMemoryBound(to: Int64.self)
        let limit = properties.maximumFuture.map { clock.addingReportingOverflow($0).partialValue } ?? .max
        // Messages have no times before the epoch.
        let earliest: Int64 = decoded.messageTimes == nil ? .min : 0
        var maximum = Int64.min
        for row in 0..<count {
            var time = clock
            if problems.isBad(row) {
                // Its columns are NULL: no time to read.
            } else if let parsed {
                if !parsed.isValid(row) {
                    problems.add(row, "bad_timestamp", timeReason(columns, row))
                } else if parsed.int64s[row] < earliest {
                    problems.add(row, "bad_timestamp", timeReason(columns, row))
                } else if parsed.int64s[row] > limit {
                    time = parsed.int64s[row]
                    problems.add(row, "future_timestamp", futureReason(time, clock))
                } else {
                    time = parsed.int64s[row]
                    maximum = max(maximum, time)
                }
            } else {
                maximum = max(maximum, time)
            }
            out[row] = time
            running[row] = maximum
        }
        return EventTimes(
            values: .fixed(.bigint, count: count, validity: nil, values: values), runningMaxima: maxima)
    }

    private func timeReason(_ columns: [Column], _ row: Int) -> String {
        guard let timestampColumn else { return "the message has no time" }
        let name = relation.columns[timestampColumn].name
        let column = columns[timestampColumn]
        guard column.isValid(row) else { return "column \(name): the event time is missing" }
        let text = column.type == .string ? "'\(column.string(at: row).prefix(48))'" : "the value"
        return "column \(name): \(text) is no time (expected \(properties.timestampFormat ?? "ISO 8601"))"
    }

    private func futureReason(_ time: Int64, _ clock: Int64) -> String {
        let limit = properties.maximumFuture ?? 0
        return
            "the event time \(Civil.timestampText(milliseconds: time))Z is over \(limit / 1000) s ahead of "
            + "the clock (max_future)"
    }

    // MARK: Bad records

    private func deadLetter(_ problem: RowProblems.Problem, _ decoded: Decoded) -> DeadLetter {
        let range = decoded.records.frames.range(problem.row) ?? 0..<0
        let bytes = UnsafeRawBufferPointer(
            start: decoded.chunk.buffer.pointer, count: decoded.chunk.buffer.capacity)
        return DeadLetter(
            source: decoded.chunk.sourceName, partition: decoded.chunk.partition,
            offset: decoded.offsets.int64s[problem.row], code: problem.code, reason: problem.reason,
            bytes: Array(bytes[range]))
    }

    private func failure(
        _ problem: RowProblems.Problem, _ decoded: Decoded,
        hint: String = "mend the input, or set on_error = 'dead_letter' to keep such records beside"
    ) -> Diagnostic {
        let offset = decoded.offsets.int64s[problem.row]
        return Diagnostic(
            .malformedData,
            "a record of \(relation.name) does not fit: \(problem.reason) "
                + "(\(decoded.chunk.sourceName), offset \(offset))", hint: hint)
    }
}

extension Column {
    static func bigints(_ values: [Int64]) -> Column {
        let buffer = values.withUnsafeBytes { Buffer(copying: $0) }
        return .fixed(.bigint, count: values.count, validity: nil, values: buffer)
    }
}
