import Columnar

/// Makes the program that reads what a writer wrote into columns, by way of a reader's schema if there is
/// one.
///
/// Fields find their columns by name: the same name first, else the same but for case, as ksqlDB's upper-case
/// columns need it. What a reader's schema says of names, aliases, defaults and promotion is as the
/// specification has it ("Schema Resolution"); from its types to columns go ksqlDB's rules.
struct AvroCompiler {
    private let writer: AvroSchema
    private let reader: AvroSchema?
    private var steps: [AvroStep] = []
    private var children: [Int32] = []
    private var constants: [Value] = []
    private var texts: [String] = []
    private var columns: [Int32: String] = [:]
    private var skips: [Int: Int32] = [:]
    private var column = ""

    init(writer: AvroSchema, reader: AvroSchema?) {
        self.writer = writer
        self.reader = reader
    }

    /// - Parameter isWrapped: whether a value is a record of the fields; if not, it is the only field.
    static func program(
        writer: AvroSchema, reader: AvroSchema?, fields: [DecodedField], isWrapped: Bool
    ) -> AvroProgram {
        var compiler = AvroCompiler(writer: writer, reader: reader)
        return compiler.compile(fields, isWrapped)
    }

    private mutating func compile(_ fields: [DecodedField], _ isWrapped: Bool) -> AvroProgram {
        let pairs: [Int32]
        if isWrapped {
            pairs = root(fields)
        } else if let field = fields.first {
            column = field.name
            pairs = [read(writer.root, reader?.root, field.type), 0]
        } else {
            pairs = [skip(writer.root), -1]
        }
        let start = Int32(children.count)
        children += pairs
        return AvroProgram(
            steps: steps, children: children, constants: constants, texts: texts, columns: columns,
            root: start..<start + Int32(pairs.count / 2))
    }

    private mutating func root(_ fields: [DecodedField]) -> [Int32] {
        let node = writer.withoutNull(writer.root)
        guard case .record = writer[node].kind else {
            return fields.indices.flatMap { index in
                [
                    refuse(
                        "the record is of type \(writer[writer.root].branch), and no record",
                        fields[index].type),
                    Int32(index),
                ]
            } + (fields.isEmpty ? [skip(writer.root), -1] : [])
        }
        let members = fields.map { Field($0.name, $0.type) }
        guard node != writer.root else {
            return pairs(node, reader.map { $0.withoutNull($0.root) }, members, isTop: true)
        }
        // A record that may be null, as a value of a topic: not null, or every column is.
        let pairs = pairs(node, reader.map { $0.withoutNull($0.root) }, members, isTop: true)
        let branches = writer.branches(writer.root)
        let chosen = branches.firstIndex(of: node) ?? 0
        var only = AvroStep(.enumeration)
        // A union's index that must name the record: an enum of one symbol, passed over.
        only.action = .skipUnion
        only.first = Int32(children.count)
        only.count = Int32(branches.count)
        only.minimum = 1
        for index in branches.indices {
            children.append(0)
            let step =
                index == chosen ? add(AvroStep(.skipNothing)) : refuse("the value is null", .string)
            children[Int(only.first) + index] = step
        }
        return [add(only), -1] + pairs
    }

    private mutating func add(_ step: AvroStep) -> Int32 {
        steps.append(step)
        columns[Int32(steps.count - 1)] = column
        return Int32(steps.count - 1)
    }

    private mutating func refuse(_ reason: String, _ target: DataType) -> Int32 {
        var step = AvroStep(.refuse, ScalarType(target))
        step.first = Int32(texts.count)
        texts.append(reason)
        return add(step)
    }

    /// A step with children, whose place is known before theirs.
    private mutating func add(_ step: AvroStep, _ list: [Int32], count: Int? = nil) -> Int32 {
        var step = step
        step.first = Int32(children.count)
        step.count = Int32(count ?? list.count)
        children += list
        return add(step)
    }

    // MARK: Passing over

    private mutating func skip(_ place: Int) -> Int32 {
        if let known = skips[place] { return known }
        let node = writer[place]
        let index = add(AvroStep(.skipNothing))
        skips[place] = index
        var step = AvroStep(.skipNothing)
        step.minimum = Int32(AvroSizes(writer).minimum(place))
        var list: [Int32] = []
        switch node.kind {
        case .null: break
        case .boolean: step.action = .skipBoolean
        case .int, .long, .enumeration: step.action = .skipNumber
        case .float: (step.action, step.size) = (.skipFixed, 4)
        case .double: (step.action, step.size) = (.skipFixed, 8)
        case .fixed(let size): (step.action, step.size) = (.skipFixed, Int32(size))
        case .bytes, .string: step.action = .skipBytes
        case .record(let fields):
            step.action = .skipSequence
            for field in fields { list.append(skip(field.type)) }
        case .array(let items):
            step.action = .skipBlocks
            list = [skip(items)]
        case .map(let values):
            step.action = .skipBlocks
            list = [skipEntry(values)]
        case .union(let branches):
            step.action = .skipUnion
            for branch in branches { list.append(skip(branch)) }
        }
        step.first = Int32(children.count)
        step.count = Int32(list.count)
        children += list
        steps[Int(index)] = step
        return index
    }

    /// Key and value of a map.
    private mutating func skipEntry(_ values: Int) -> Int32 {
        var key = AvroStep(.skipBytes)
        key.minimum = 1
        let list = [add(key), skip(values)]
        var entry = AvroStep(.skipSequence)
        entry.minimum = 1 + Int32(AvroSizes(writer).minimum(values))
        return add(entry, list)
    }

    // MARK: Into columns

    /// The step that reads values of the writer's type at `place` into a column.
    private mutating func read(_ place: Int, _ readerPlace: Int?, _ type: DataType) -> Int32 {
        if case .union(let branches) = writer[place].kind {
            var list: [Int32] = []
            for branch in branches { list.append(read(branch, readerPlace, type)) }
            var step = AvroStep(.union, ScalarType(type))
            step.minimum = 1
            return add(step, list)
        }
        guard let reader, let readerPlace else { return convert(place, readerPlace, type) }
        guard let match = AvroMatch(writer: writer, reader: reader).branch(place, readerPlace) else {
            let wanted = reader[readerPlace].branch
            return refuse("a value of type \(writer[place].branch) is no \(wanted)", type)
        }
        return convert(place, match, type)
    }

    private mutating func convert(_ place: Int, _ readerPlace: Int?, _ type: DataType) -> Int32 {
        let node = writer[place]
        if node.kind == .null {
            return add(AvroStep(.null, ScalarType(type)))
        }
        switch (node.kind, type) {
        case (.record, .structure(let members)):
            let list = pairs(place, readerPlace, members, isTop: false)
            var step = AvroStep(.structure, ScalarType(type))
            step.minimum = Int32(AvroSizes(writer).minimum(place))
            return add(step, list, count: list.count / 2)
        case (.array(let items), .array(let element)):
            let inner = read(items, readerPlace.flatMap { readerItems($0) }, element)
            var step = AvroStep(.list, ScalarType(type))
            step.minimum = 1
            step.size = Int32(AvroSizes(writer).minimum(items))
            return add(step, [inner])
        case (.array(let items), .map(let key, let value)):
            guard let list = entry(items, readerPlace.flatMap { readerItems($0) }, key, value) else {
                return mismatch(place, type)
            }
            var step = AvroStep(.entries, ScalarType(type))
            step.minimum = 1
            step.size = Int32(AvroSizes(writer).minimum(items))
            return add(step, list, count: list.count / 2)
        case (.map(let values), .map(.string, let value)):
            let inner = read(values, readerPlace.flatMap { readerItems($0) }, value)
            var step = AvroStep(.map, ScalarType(type))
            step.minimum = 1
            step.size = 1 + Int32(AvroSizes(writer).minimum(values))
            return add(step, [inner])
        default: return scalar(place, readerPlace, type)
        }
    }

    private func readerItems(_ place: Int) -> Int? {
        guard let reader else { return nil }
        switch reader[place].kind {
        case .array(let items): return items
        case .map(let values): return values
        default: return nil
        }
    }

    /// The pairs of a record with a key and a value: what Kafka Connect makes of maps.
    private mutating func entry(
        _ place: Int, _ readerPlace: Int?, _ key: DataType, _ value: DataType
    ) -> [Int32]? {
        guard case .record(let fields) = writer[place].kind,
            Set(fields.map(\.name)) == ["key", "value"]
        else { return nil }
        return pairs(place, readerPlace, [Field("key", key), Field("value", value)], isTop: false)
    }

    /// Pairs of steps and members for a record: those of the writer's fields in their order, then members
    /// that the writer has not.
    private mutating func pairs(
        _ place: Int, _ readerPlace: Int?, _ members: [Field], isTop: Bool
    ) -> [Int32] {
        guard case .record(let fields) = writer[place].kind else { return [] }
        let match = AvroMatch(writer: writer, reader: reader)
        let readerFields = readerPlace.flatMap { match.readerFields($0) }
        // Columns of the reader's fields, or of the writer's own.
        let names = readerFields?.map(\.name) ?? fields.map(\.name)
        let columnOf = AvroMatch.columns(of: names, members.map(\.name))
        var list: [Int32] = []
        var filled: Set<Int> = []
        for (index, field) in fields.enumerated() {
            let at = readerFields.map { AvroMatch.index(of: field, at: index, in: fields, of: $0) } ?? index
            guard let at, let member = columnOf[at] else {
                list += [skip(field.type), -1]
                continue
            }
            filled.insert(member)
            let outer = column
            column = isTop ? members[member].name : column + "->" + members[member].name
            list += [read(field.type, readerFields?[at].type, members[member].type), Int32(member)]
            column = outer
        }
        for (index, member) in members.enumerated() where !filled.contains(index) {
            var step = AvroStep(.null, ScalarType(member.type))
            if let reader, let readerFields, let at = columnOf.first(where: { $0.value == index })?.key {
                guard let standard = readerFields[at].standard else {
                    let reason = "the record has no field \(readerFields[at].name), which has no default"
                    list += [refuse(reason, member.type), Int32(index)]
                    continue
                }
                let defaults = AvroDefaults(schema: reader)
                if let value = defaults.value(standard, readerFields[at].type, member.type), !value.isNull {
                    step.action = .constant
                    step.first = Int32(constants.count)
                    constants.append(value)
                }
            }
            list += [add(step), Int32(index)]
        }
        return list
    }

    private mutating func mismatch(_ place: Int, _ type: DataType) -> Int32 {
        refuse("a value of type \(AvroColumns.text(writer, place)) is no \(type.sql)", type)
    }

    private mutating func scalar(_ place: Int, _ readerPlace: Int?, _ type: DataType) -> Int32 {
        let node = writer[place]
        var step = AvroStep(.refuse, ScalarType(type))
        step.minimum = Int32(AvroSizes(writer).minimum(place))
        // Kafka Connect's rules; a logical type is what the reader says.
        let logical = readerPlace.flatMap { reader?[$0].logical } ?? node.logical
        switch (node.kind, FieldKind(type)) {
        case (.boolean, .boolean), (.boolean, .string): step.action = .boolean
        case (.int, .integer), (.int, .bigint), (.int, .double), (.int, .date), (.int, .time),
            (.int, .timestamp), (.int, .decimal), (.int, .string):
            step.action = .int
        case (.long, .bigint), (.long, .double), (.long, .timestamp), (.long, .time), (.long, .decimal),
            (.long, .string):
            step.action = .long
            let isMicros = [.timeMicros, .timestampMicros, .localTimestampMicros].contains(logical)
            if isMicros, [.timestamp, .time].contains(FieldKind(type)) { step.divisor = 1000 }
        case (.float, .double), (.float, .string): step.action = .float
        case (.double, .double), (.double, .string): step.action = .double
        case (.bytes, .decimal):
            guard case .decimal(_, let scale) = logical, scale <= 38 else { return mismatch(place, type) }
            (step.action, step.scale) = (.decimalBytes, Int32(scale))
        case (.fixed(let size), .decimal):
            guard case .decimal(_, let scale) = logical, scale <= 38 else { return mismatch(place, type) }
            (step.action, step.scale, step.size) = (.decimalFixed, Int32(scale), Int32(size))
        case (.string, .string), (.bytes, .string):
            step.action = .bytes
            step.isText = true
        case (.bytes, .bytes), (.string, .bytes): step.action = .bytes
        case (.fixed(let size), .bytes): (step.action, step.size) = (.fixed, Int32(size))
        case (.enumeration(let symbols, _), .string):
            return enumeration(step, symbols, readerPlace)
        default: return mismatch(place, type)
        }
        return add(step)
    }

    private mutating func enumeration(
        _ step: AvroStep, _ symbols: [String], _ readerPlace: Int?
    ) -> Int32 {
        var step = step
        step.action = .enumeration
        var known: [String]?
        var standard: String?
        if let reader, let readerPlace, case .enumeration(let list, let other) = reader[readerPlace].kind {
            (known, standard) = (list, other)
        }
        var list: [Int32] = []
        for symbol in symbols {
            let text = known.map { $0.contains(symbol) ? symbol : standard } ?? symbol
            guard let text else {
                list.append(-1)
                continue
            }
            list.append(Int32(texts.count))
            texts.append(text)
        }
        return add(step, list)
    }
}
