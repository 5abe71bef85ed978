extension SyntaxFormatter {
    mutating func write(_ create: CreateSource) {
        writeCreate(
            orReplace: create.orReplace, (create.isReadOnly ? "SOURCE " : "") + create.kind.rawValue,
            ifNotExists: create.ifNotExists, create.name)
        writeSchema(create.columns, create.properties)
    }

    mutating func write(_ create: CreateSourceAsSelect) {
        writeCreate(
            orReplace: create.orReplace, create.kind.rawValue, ifNotExists: create.ifNotExists, create.name)
        writeSchema([], create.properties)
        write(" AS ")
        write(create.query)
    }

    mutating func write(_ create: CreateConnector) {
        writeCreate(
            orReplace: create.orReplace, create.direction.rawValue + " CONNECTOR",
            ifNotExists: create.ifNotExists,
            create.name)
        write(" WITH (")
        list(create.properties) { $0.write($1) }
        write(")")
    }

    mutating func write(_ create: CreateType) {
        writeCreate(orReplace: false, "TYPE", ifNotExists: create.ifNotExists, create.name)
        write(" AS ")
        write(create.type)
    }

    private mutating func writeCreate(
        orReplace: Bool, _ what: String, ifNotExists: Bool, _ name: Identifier
    ) {
        write("CREATE ")
        if orReplace { write("OR REPLACE ") }
        write(what + " ")
        if ifNotExists { write("IF NOT EXISTS ") }
        write(name)
    }

    /// ` (columns) WITH (properties)`, each only if there are any.
    mutating func writeSchema(_ columns: [ColumnDefinition], _ properties: [Property]) {
        if !columns.isEmpty {
            write(" (")
            list(columns) { $0.write($1) }
            write(")")
        }
        writeProperties(properties)
    }

    mutating func writeProperties(_ properties: [Property]) {
        guard !properties.isEmpty else { return }
        write(" WITH (")
        list(properties) { $0.write($1) }
        write(")")
    }

    mutating func write(_ column: ColumnDefinition) {
        write(column.name)
        write(" ")
        write(column.type)
        switch column.role {
        case .key: write(" KEY")
        case .primaryKey: write(" PRIMARY KEY")
        case .headers: write(" HEADERS")
        case .header(let name): write(" HEADER(" + Self.quoted(name) + ")")
        case nil: break
        }
    }

    private mutating func write(_ property: Property) {
        let bytes = property.name.utf8
        let isWord =
            bytes.first?.beginsWord == true && bytes.allSatisfy(\.continuesWord)
            && Keyword(word: property.name)?.isReserved != true
        write((isWord ? property.name : Self.quoted(property.name)) + " = ")
        switch property.value {
        case .null: write("NULL")
        case .boolean(let value): write(value ? "TRUE" : "FALSE")
        case .integer(let value): write(String(value))
        case .decimal(let text): write(text)
        case .double(let value): write(Expression(.double(value)))
        case .string(let text): write(quoted: text)
        case .timeSpan(let period): write(period)
        }
    }
}

extension ColumnDefinition: CustomStringConvertible {
    /// The column as it is written in a CREATE.
    public var formatted: String {
        var formatter = SyntaxFormatter()
        formatter.write(self)
        return formatter.text
    }

    public var description: String { formatted }
}
