import Expressions

/// Which items of a select list keep the records of a source: their bytes, where they stood, when they came.
///
/// Positions in the query's output. A record is kept as text, with its bytes where it is no text, or as bytes
/// in any case.
public struct KeptRecord: Hashable, Sendable {
    /// `FROM_BYTES(ROWRAW, 'utf8')`.
    public let text: Int?
    /// `ROWRAW`, or, beside a text, `CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL THEN ROWRAW END`.
    public let bytes: Int?
    /// `ROWSOURCE`.
    public let file: Int?
    /// `ROWOFFSET`.
    public let offset: Int?
    /// `UNIX_TIMESTAMP()`, or that as a TIMESTAMP.
    public let clock: Int?

    init(_ list: [Expression], of input: Relation) {
        let raw = input.position(of: .rowRaw)
        let whole = list.firstIndex { Self.isColumn($0, raw) }
        text = whole == nil ? list.firstIndex { Self.isText($0, raw) } : nil
        bytes = whole ?? list.firstIndex { Self.isFallback($0, raw) }
        file = list.firstIndex { Self.isColumn($0, input.position(of: .rowSource)) }
        offset = list.firstIndex { Self.isColumn($0, input.position(of: .rowOffset)) }
        clock = list.firstIndex(where: Self.isClock)
    }

    private static func isColumn(_ expression: Expression, _ position: Int) -> Bool {
        if case .column(position, _) = expression { true } else { false }
    }

    private static func isText(_ expression: Expression, _ raw: Int) -> Bool {
        guard case .call(let function, let arguments) = expression, function.name == "FROM_BYTES",
            arguments.count == 2, isColumn(arguments[0], raw),
            case .literal(.string(let encoding), _) = arguments[1]
        else { return false }
        return encoding.lowercased() == "utf8"
    }

    private static func isFallback(_ expression: Expression, _ raw: Int) -> Bool {
        guard case .conditional(let branches, _, _) = expression, let first = branches.first,
            case .isNull(let operand) = first.condition
        else { return false }
        return isText(operand, raw) && isColumn(first.result, raw)
    }

    private static func isClock(_ expression: Expression) -> Bool {
        guard case .call(let function, let arguments) = expression else { return false }
        if function.name == "UNIX_TIMESTAMP" { return arguments.isEmpty }
        return function.name == "FROM_UNIXTIME" && arguments.count == 1 && isClock(arguments[0])
    }
}

extension QueryPlan {
    /// What the query keeps of its input's records; nil where it leaves some out or puts them together.
    public var keptRecord: KeptRecord? {
        guard filter == nil, deduplication == nil, case .projection(let list) = shape else { return nil }
        return KeptRecord(list, of: input)
    }
}

extension PipelinePlan {
    /// The positions of the columns that name a row of a relation: a table's primary key, or what a stream is
    /// deduplicated by; nil where nothing does.
    public func namingColumns(of relation: Relation) -> [Int]? {
        if relation.kind == .table { return Array(0..<relation.keyCount) }
        let queries = query(producing: relation.name)
        guard queries.count == 1, let query = queries.first, query.insertion == nil,
            case .projection(let list) = query.shape
        else {
            return nil
        }
        if let deduplication = query.deduplication {
            let places = deduplication.keys.map { key in list.firstIndex(of: key) }
            return places.contains(nil) ? nil : places.compactMap { $0 }
        }
        guard query.input.kind == .stream, let named = namingColumns(of: query.input) else { return nil }
        let places = named.map { position in
            list.firstIndex(of: .column(position, query.input.columns[position].type))
        }
        return places.contains(nil) ? nil : places.compactMap { $0 }
    }
}
