import Columnar

/// Runs a program over one record: its values into the columns' slots and builders.
struct AvroRowReader {
    let program: AvroProgram
    let slots: ColumnSlots
    let steps: UnsafeMutablePointer<AvroStep>
    let children: UnsafeMutablePointer<Int32>
    var cursor: AvroCursor
    private var depth = 0

    init(_ program: AvroProgram, _ slots: ColumnSlots, _ cursor: AvroCursor) {
        self.program = program
        self.slots = slots
        self.cursor = cursor
        steps = program.steps
        children = program.children
    }

    /// Fills the row's columns; the cursor is behind the record then.
    mutating func read(row: Int) throws(AvroFault) {
        let pairs = children + Int(program.first)
        for index in 0..<Int(program.count) {
            let (step, field) = (pairs[index &* 2], pairs[index &* 2 &+ 1])
            if field < 0 {
                try skip(step)
            } else {
                try read(step, field: Int(field), row: row)
            }
        }
    }

    // MARK: Passing over

    mutating func skip(_ index: Int32) throws(AvroFault) {
        let step = steps + Int(index)
        switch step.pointee.action {
        case .skipNothing: break
        case .skipBoolean: _ = try cursor.boolean()
        case .skipNumber: _ = try cursor.long()
        case .skipFixed: _ = try cursor.fixed(Int(step.pointee.size))
        case .skipBytes: _ = try cursor.bytes()
        case .skipSequence:
            try enter()
            for child in 0..<Int(step.pointee.count) { try skip(children[Int(step.pointee.first) &+ child]) }
            depth &-= 1
        case .skipBlocks:
            try enter()
            let item = children[Int(step.pointee.first)]
            let minimum = Int(steps[Int(item)].minimum)
            while true {
                let (count, bytes) = try cursor.block(minimum: minimum)
                if count == 0 { break }
                if let bytes {
                    _ = try cursor.fixed(bytes)
                    continue
                }
                for _ in 0..<count { try skip(item) }
            }
            depth &-= 1
        case .skipUnion:
            try enter()
            let branch = try cursor.index(below: step.pointee.count, or: .badBranch)
            try skip(children[Int(step.pointee.first) &+ branch])
            depth &-= 1
        default: throw AvroFault(.refused, cursor.position, step: index)
        }
    }

    private mutating func enter() throws(AvroFault) {
        depth &+= 1
        if depth > AvroCursor.depthLimit { throw AvroFault(.tooDeep, cursor.position) }
    }

    // MARK: A field of the record

    @inline(__always)
    private mutating func read(_ index: Int32, field: Int, row: Int) throws(AvroFault) {
        var index = index
        if steps[Int(index)].action == .union {
            let branch = try cursor.index(below: steps[Int(index)].count, or: .badBranch)
            index = children[Int(steps[Int(index)].first) &+ branch]
        }
        let step = steps + Int(index)
        if step.pointee.target.kind == .nested { return try readNested(index, field: field, row: row) }
        let slot = slots.slots + field
        switch step.pointee.action {
        case .null: slot.pointee.setNull(row)
        case .bytes:
            let range = try cursor.bytes()
            if step.pointee.isText, let fault = firstFault(range) { throw AvroFault(.badUTF8, fault) }
            slot.pointee.store(view(range), row)
        case .fixed: slot.pointee.store(view(try cursor.fixed(Int(step.pointee.size))), row)
        case .constant: try storeConstant(step.pointee, field: field, row: row)
        case .enumeration:
            let text = try symbol(index)
            if let view = program.views[text] {
                slot.pointee.store(view, row)
            } else {
                slot.pointee.store(sideView(program.texts[text]), row)
            }
        default:
            if step.pointee.target.kind == .string {
                let begin = slots.side.count
                try appendText(index, to: slots.side)
                slot.pointee.store(slots.sideView(from: begin), row)
            } else {
                slot.pointee.store(try scalar(index), row)
            }
        }
    }

    @inline(never)
    private mutating func readNested(_ index: Int32, field: Int, row: Int) throws(AvroFault) {
        if let builder = slots.builders[field] { try append(index, to: builder) }
    }

    @inline(__always)
    private func firstFault(_ range: Range<Int>) -> Int? {
        UTF8Check.firstFault(cursor.base, range.lowerBound, range.upperBound)
    }

    /// Texts of records point into the buffer that is decoded, which is the column's first.
    @inline(__always)
    private func view(_ range: Range<Int>) -> StringView {
        StringView(base: cursor.base, buffer: 0, offset: range.lowerBound, length: range.count)
    }

    private func sideView(_ bytes: [UInt8]) -> StringView {
        let begin = slots.side.count
        bytes.withUnsafeBytes { slots.side.append($0) }
        return slots.sideView(from: begin)
    }

    private func storeConstant(_ step: AvroStep, field: Int, row: Int) throws(AvroFault) {
        let slot = slots.slots + field
        switch program.constants[Int(step.first)] {
        case .boolean(let value): slot.pointee.store(ScalarBits(value), row)
        case .integer(let value), .date(let value), .time(let value):
            slot.pointee.store(ScalarBits(Int64(value)), row)
        case .bigint(let value), .timestamp(let value): slot.pointee.store(ScalarBits(value), row)
        case .double(let value): slot.pointee.store(ScalarBits(value), row)
        case .decimal(let value, _): slot.pointee.store(ScalarBits(value), row)
        case .string(let text): slot.pointee.store(sideView(Array(text.utf8)), row)
        case .bytes(let bytes): slot.pointee.store(sideView(bytes), row)
        case .null, .array, .map, .structure: slot.pointee.setNull(row)
        }
    }

    // MARK: Scalars

    /// The place in the program's texts of the symbol that comes.
    private mutating func symbol(_ index: Int32) throws(AvroFault) -> Int {
        let start = cursor.position
        let place = try cursor.index(below: steps[Int(index)].count, or: .badSymbol)
        let text = children[Int(steps[Int(index)].first) &+ place]
        guard text >= 0 else { throw AvroFault(.badSymbol, start) }
        return Int(text)
    }

    @inline(__always)
    private mutating func scalar(_ index: Int32) throws(AvroFault) -> ScalarBits {
        let step = steps + Int(index)
        switch step.pointee.action {
        case .boolean: return ScalarBits(try cursor.boolean())
        case .float: return ScalarBits(try cursor.float())
        case .double: return ScalarBits(try cursor.double())
        case .int: return try number(try cursor.int(), index)
        case .long: return try number(try cursor.long(), index)
        case .decimalBytes: return try decimal(try cursor.bytes(), index)
        case .decimalFixed: return try decimal(try cursor.fixed(Int(step.pointee.size)), index)
        default: throw AvroFault(.refused, cursor.position, step: index)
        }
    }

    @inline(__always)
    private func number(_ value: Int64, _ index: Int32) throws(AvroFault) -> ScalarBits {
        let step = steps + Int(index)
        switch step.pointee.target.kind {
        case .integer, .date, .bigint: return ScalarBits(value)
        case .timestamp:
            return ScalarBits(
                step.pointee.divisor == 1 ? value : Civil.floorDivide(value, step.pointee.divisor))
        case .double: return ScalarBits(Double(value))
        case .time:
            let time = value / step.pointee.divisor
            guard time >= 0, time < Civil.millisecondsPerDay else {
                throw AvroFault(.outOfRange, cursor.position, step: index)
            }
            return ScalarBits(time)
        case .decimal:
            let wide = Int128(value)
            guard let scaled = Decimals.rescale(wide, from: 0, to: step.pointee.target.scale),
                scaled.magnitude < step.pointee.target.bound.magnitude
            else { throw AvroFault(.outOfRange, cursor.position, step: index) }
            return ScalarBits(scaled)
        default: throw AvroFault(.refused, cursor.position, step: index)
        }
    }

    private func decimal(_ range: Range<Int>, _ index: Int32) throws(AvroFault) -> ScalarBits {
        let target = steps[Int(index)].target
        let bytes = UnsafeRawBufferPointer(start: cursor.base + range.lowerBound, count: range.count)
        guard let unscaled = AvroDecimal.value(bytes),
            let value = Decimals.rescale(unscaled, from: Int(steps[Int(index)].scale), to: target.scale),
            value.magnitude < target.bound.magnitude
        else { throw AvroFault(.outOfRange, range.lowerBound, step: index) }
        return ScalarBits(value)
    }

    /// A number or truth value as text.
    private mutating func appendText(_ index: Int32, to out: ByteWriter) throws(AvroFault) {
        switch steps[Int(index)].action {
        case .boolean: out.append(try cursor.boolean() ? "true" as StaticString : "false")
        case .int: out.append(integer: try cursor.int())
        case .long: out.append(integer: try cursor.long())
        case .float: appendDouble(try cursor.float(), to: out)
        case .double: appendDouble(try cursor.double(), to: out)
        default: throw AvroFault(.refused, cursor.position, step: index)
        }
    }

    private func appendDouble(_ value: Double, to out: ByteWriter) {
        if value.isFinite { out.append(double: value) } else { out.append(nonFinite: value) }
    }

    // MARK: Nested values

    private mutating func append(_ index: Int32, to builder: ColumnBuilder) throws(AvroFault) {
        let step = steps[Int(index)]
        switch step.action {
        case .union:
            let branch = try cursor.index(below: step.count, or: .badBranch)
            try append(children[Int(step.first) &+ branch], to: builder)
        case .null: builder.appendNull()
        case .constant: builder.append(program.constants[Int(step.first)])
        case .bytes:
            let range = try cursor.bytes()
            if step.isText, let fault = firstFault(range) { throw AvroFault(.badUTF8, fault) }
            append(range, to: builder)
        case .fixed: append(try cursor.fixed(Int(step.size)), to: builder)
        case .enumeration:
            program.texts[try symbol(index)].withUnsafeBytes { builder.append($0) }
        case .structure:
            try appendMembers(step, to: builder.children)
            builder.endStructure()
        case .list: try appendList(step, to: builder)
        case .map: try appendMap(step, to: builder)
        case .entries: try appendEntries(step, to: builder)
        default:
            if step.target.kind == .string {
                let out = ByteWriter(capacity: 32)
                try appendText(index, to: out)
                builder.append(out.bytes)
            } else {
                builder.append(try scalar(index))
            }
        }
    }

    private func append(_ range: Range<Int>, to builder: ColumnBuilder) {
        builder.append(UnsafeRawBufferPointer(start: cursor.base + range.lowerBound, count: range.count))
    }

    private mutating func appendMembers(
        _ step: AvroStep, to builders: [ColumnBuilder]
    ) throws(AvroFault) {
        let pairs = children + Int(step.first)
        for place in 0..<Int(step.count) {
            let (inner, member) = (pairs[place &* 2], pairs[place &* 2 &+ 1])
            if member < 0 {
                try skip(inner)
            } else {
                try append(inner, to: builders[Int(member)])
            }
        }
    }

    private mutating func appendList(_ step: AvroStep, to builder: ColumnBuilder) throws(AvroFault) {
        let item = children[Int(step.first)]
        let elements = builder.children[0]
        while true {
            let count = try cursor.block(minimum: Int(step.size)).count
            if count == 0 { break }
            for _ in 0..<count { try append(item, to: elements) }
        }
        builder.endList()
    }

    private mutating func appendMap(_ step: AvroStep, to builder: ColumnBuilder) throws(AvroFault) {
        let value = children[Int(step.first)]
        let (keys, values) = (builder.children[0], builder.children[1])
        while true {
            let count = try cursor.block(minimum: Int(step.size)).count
            if count == 0 { break }
            for _ in 0..<count {
                let range = try cursor.bytes()
                if let fault = firstFault(range) { throw AvroFault(.badUTF8, fault) }
                append(range, to: keys)
                try append(value, to: values)
            }
        }
        builder.endList()
    }

    private mutating func appendEntries(_ step: AvroStep, to builder: ColumnBuilder) throws(AvroFault) {
        while true {
            let count = try cursor.block(minimum: Int(step.size)).count
            if count == 0 { break }
            for _ in 0..<count { try appendMembers(step, to: builder.children) }
        }
        builder.endList()
    }
}
