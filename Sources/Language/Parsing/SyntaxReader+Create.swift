import Diagnostics

/// CREATE, with columns and properties.
extension SyntaxReader {
    mutating func create() throws(Diagnostic) -> Statement.Kind {
        advance()
        let replaceStart = position
        let orReplace = try accept(all: .or, .replace)
        let replaceSpan = span(from: replaceStart)
        if accept(.stream) { return try createSource(.stream, orReplace: orReplace, isReadOnly: false) }
        if accept(.table) { return try createSource(.table, orReplace: orReplace, isReadOnly: false) }
        if accept(.source) {
            if accept(.stream) { return try createSource(.stream, orReplace: orReplace, isReadOnly: true) }
            if accept(.table) { return try createSource(.table, orReplace: orReplace, isReadOnly: true) }
            try expect(.connector)
            try refuseReplace(orReplace, at: replaceSpan, "CONNECTOR")
            return .createConnector(try createConnector(.source, orReplace: false))
        }
        if accept(.sink) {
            try expect(.connector)
            return .createConnector(try createConnector(.sink, orReplace: orReplace))
        }
        if accept(.type) {
            try refuseReplace(orReplace, at: replaceSpan, "TYPE")
            return .createType(try createType())
        }
        throw unexpected(hint: createHint())
    }

    private func createHint() -> String? {
        guard case .word = token.kind else { return nil }
        switch token.text.uppercased() {
        case "CONNECTOR": return "say which way it goes: CREATE SOURCE CONNECTOR or CREATE SINK CONNECTOR"
        case "VIEW", "MATERIALIZED": return "a TABLE … AS SELECT is a view that is kept up to date"
        case "DATABASE", "SCHEMA", "INDEX": return "there is no such thing: leave it out"
        default: return nil
        }
    }

    private func refuseReplace(
        _ orReplace: Bool, at span: SourceSpan, _ what: String
    ) throws(Diagnostic) {
        guard orReplace else { return }
        throw refused(
            "a \(what) cannot be replaced", at: span, expected: "CREATE … \(what) [IF NOT EXISTS]",
            hint: "drop it first: DROP \(what) name")
    }

    private mutating func ifNotExists() throws(Diagnostic) -> Bool { try accept(all: .if, .not, .exists) }

    private mutating func createSource(
        _ kind: SourceKind, orReplace: Bool, isReadOnly: Bool
    ) throws(Diagnostic) -> Statement.Kind {
        var create = CreateSource(
            kind: kind, orReplace: orReplace, isReadOnly: isReadOnly, ifNotExists: try ifNotExists(),
            name: try name())
        let columnsStart = position
        create.columns = try columns()
        let columnsSpan = span(from: columnsStart)
        if accept(.with) { create.properties = try properties() }
        place = nil
        guard accept(.as) else {
            try checkRoles(create)
            try checkWindow(create)
            return .createSource(create)
        }
        if !create.columns.isEmpty {
            throw refused(
                "a \(kind.rawValue) made AS SELECT takes its columns from the query", at: columnsSpan,
                hint: "remove the column list, or the AS SELECT")
        }
        if isReadOnly {
            throw refused(
                "a SOURCE \(kind.rawValue) cannot be made AS SELECT", at: create.name.span,
                hint: "remove the word SOURCE: the query has to write into it")
        }
        let query = try query()
        return .createSourceAsSelect(
            CreateSourceAsSelect(
                kind: kind, orReplace: orReplace, ifNotExists: create.ifNotExists, name: create.name,
                properties: create.properties, query: query))
    }

    /// Keys of sessions name both bounds, so they have no size.
    private func checkWindow(_ create: CreateSource) throws(Diagnostic) {
        func property(_ name: String) -> Property? {
            create.properties.last { $0.name.uppercased() == name }
        }
        guard property("WINDOW_TYPE")?.value.text?.uppercased() == "SESSION",
            let size = property("WINDOW_SIZE")
        else { return }
        throw refused(
            "'window_size' is given, and sessions have no size", at: size.span, hint: "remove the property",
            code: .invalidStatement)
    }

    /// `KEY` belongs to streams, `PRIMARY KEY` to tables: the words say whether a key is unique.
    private func checkRoles(_ create: CreateSource) throws(Diagnostic) {
        for column in create.columns {
            switch (create.kind, column.role) {
            case (.stream, .primaryKey):
                throw refused(
                    "column \(column.name.formatted) of a STREAM is a PRIMARY KEY", at: column.span,
                    expected: "KEY",
                    hint: "a record's key in a stream is not unique: write KEY, or make it a TABLE")
            case (.table, .key):
                throw refused(
                    "column \(column.name.formatted) of a TABLE is a KEY", at: column.span,
                    expected: "PRIMARY KEY",
                    hint: "the key of a table is unique and not NULL: write PRIMARY KEY, or make it a STREAM")
            default:
                break
            }
        }
    }

    private mutating func createConnector(
        _ direction: CreateConnector.Direction, orReplace: Bool
    ) throws(Diagnostic) -> CreateConnector {
        let ifNotExists = try ifNotExists()
        let name = try externalName()
        let hint = "a connector is described by its properties: WITH ('connector.class' = 'delta', …)"
        try expect(.with, hint: hint)
        return CreateConnector(
            direction: direction, orReplace: orReplace, ifNotExists: ifNotExists,
            name: connectorName(name), properties: try properties())
    }

    /// A connector is named by a name, which is put in upper case, or by a string, which is not.
    func connectorName(_ name: Identifier) -> Identifier {
        name.isQuoted ? name : Identifier(name.text.uppercased(), span: name.span)
    }

    private mutating func createType() throws(Diagnostic) -> CreateType {
        let ifNotExists = try ifNotExists()
        let name = try name()
        try expect(.as)
        return CreateType(ifNotExists: ifNotExists, name: name, type: try type())
    }

    // MARK: Columns

    /// `(column, …)`, or nothing.
    mutating func columns() throws(Diagnostic) -> [ColumnDefinition] {
        guard accept(.leftParenthesis) else { return [] }
        place = "the column list"
        var columns: [ColumnDefinition] = []
        repeat { columns.append(try columnDefinition()) } while accept(.comma)
        try expect(.rightParenthesis)
        place = nil
        return columns
    }

    mutating func columnDefinition() throws(Diagnostic) -> ColumnDefinition {
        let start = position
        let name = try name()
        if missesType() {
            note("a type")
            throw unexpected(hint: "give the column a type: \(name.formatted) STRING \(token.text)")
        }
        let type = try type()
        let role = try columnRole()
        if let hint = columnConstraintHint() { throw unexpected(hint: hint) }
        return ColumnDefinition(name: name, type: type, role: role, span: span(from: start))
    }

    /// `ID KEY` has no type, though KEY could be the name of one.
    private func missesType() -> Bool {
        switch token.keyword {
        case .primary: peek().keyword == .key && !peek(2).isName
        case .key, .headers: !peek().isName
        default: false
        }
    }

    private mutating func columnRole() throws(Diagnostic) -> ColumnDefinition.Role? {
        if try accept(all: .primary, .key) { return .primaryKey }
        if accept(.key) { return .key }
        if accept(.headers) { return .headers }
        guard accept(.header) else { return nil }
        try expect(.leftParenthesis, hint: "name the header: HEADER('trace-id'); HEADERS takes them all")
        let header = try string()
        try expect(.rightParenthesis)
        return .header(header.text)
    }

    private func columnConstraintHint() -> String? {
        if token.symbol == .leftParenthesis {
            return "only DECIMAL(precision, scale) and VARCHAR(length) take parameters"
        }
        guard case .word = token.kind else { return nil }
        switch token.text.uppercased() {
        case "NOT", "NULL": return "columns take no NOT NULL: any column but a PRIMARY KEY may be NULL"
        case "DEFAULT": return "columns have no default: use COALESCE(column, value) in a query"
        case "UNIQUE", "REFERENCES", "CHECK", "CONSTRAINT":
            return "columns take no constraints: filter with WHERE in a query"
        default: return nil
        }
    }

    // MARK: Properties

    /// `(name = value, …)`, after WITH.
    mutating func properties() throws(Diagnostic) -> [Property] {
        let outer = place
        place = "the WITH clause"
        defer { place = outer }
        try expect(.leftParenthesis, hint: "properties stand in parentheses: WITH (value_format = 'JSON')")
        var properties: [Property] = []
        guard token.symbol != .rightParenthesis else {
            advance()
            return []
        }
        repeat {
            let property = try property()
            if properties.contains(where: { $0.name.uppercased() == property.name.uppercased() }) {
                throw refused(
                    "the property \(property.name) is given twice", at: property.nameSpan,
                    hint: "remove one of the two")
            }
            properties.append(property)
        } while accept(.comma)
        try expect(.rightParenthesis)
        return properties
    }

    private mutating func property() throws(Diagnostic) -> Property {
        let start = position
        let name = try propertyName()
        let nameSpan = span(from: start)
        try expect(.equal, hint: "a property has a value: \(name) = 'value'")
        let valueStart = position
        let value = try propertyValue()
        return Property(name, value, nameSpan: nameSpan, valueSpan: span(from: valueStart))
    }

    /// A name or a string; names may have dots, as in `connector.class`.
    private mutating func propertyName() throws(Diagnostic) -> String {
        let isWord = if case .word = token.kind { true } else { false }
        guard isWord || token.kind == .quotedName || token.kind == .string else {
            note("the name of a property")
            throw unexpected()
        }
        var name = advance().text
        while isWord, token.symbol == .dot, case .word = peek().kind {
            advance()
            name += "." + advance().text
        }
        return name
    }

    private mutating func propertyValue() throws(Diagnostic) -> Property.Value {
        switch token.kind {
        case .string:
            return .string(advance().text)
        case .word(.true):
            advance()
            return .boolean(true)
        case .word(.false):
            advance()
            return .boolean(false)
        case .word(.null):
            advance()
            return .null
        case .integer:
            if case .word = peek().kind { return .timeSpan(try timeSpan()) }
        default:
            break
        }
        let negative = token.symbol == .minus
        if negative { advance() }
        switch try number(negative: negative) {
        case .integer(let value): return .integer(Int64(value))
        case .bigint(let value): return .integer(value)
        case .decimal(let text): return .decimal(text)
        case .double(let value): return .double(value)
        default: break
        }
        note("a string in single quotes")
        note("a number")
        note("TRUE")
        note("FALSE")
        guard case .word = token.kind else { throw unexpected() }
        throw unexpected(hint: "text stands in single quotes: '\(token.text)'")
    }
}
