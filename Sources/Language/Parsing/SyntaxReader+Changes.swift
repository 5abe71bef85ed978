import Diagnostics

/// INSERT, DROP, ALTER and ASSERT.
extension SyntaxReader {
    mutating func insert() throws(Diagnostic) -> Statement.Kind {
        advance()
        try expect(.into, hint: "INSERT INTO name …")
        let target = try name()
        if token.keyword == .select { return .insertInto(InsertInto(target: target, query: try query())) }
        if accept(.with) {
            let properties = try properties()
            return .insertInto(InsertInto(target: target, properties: properties, query: try query()))
        }
        note("SELECT", .select)
        return .insertValues(try row(of: target, valuesAfter: .values))
    }

    /// `[(columns)] VALUES (values)`.
    private mutating func row(
        of target: Identifier, valuesAfter keyword: Keyword
    ) throws(Diagnostic) -> InsertValues {
        var columns: [Identifier] = []
        if accept(.leftParenthesis) {
            place = "the column list"
            repeat { columns.append(try name()) } while accept(.comma)
            try expect(.rightParenthesis)
            place = nil
        }
        try expect(keyword)
        place = "the values"
        let start = position
        try expect(.leftParenthesis, hint: "the values stand in parentheses: (1, 'a')")
        var values: [Expression] = []
        repeat { values.append(try expression()) } while accept(.comma)
        try expect(.rightParenthesis)
        if token.symbol == .comma, peek().symbol == .leftParenthesis {
            note("the end of the statement")
            throw unexpected(hint: "a statement inserts one row: write one INSERT INTO for each")
        }
        if !columns.isEmpty, columns.count != values.count {
            throw refused(
                "\(values.count) values for \(columns.count) columns", at: span(from: start),
                expected: "\(columns.count) values", hint: "give each column one value, NULL if none")
        }
        return InsertValues(target: target, columns: columns, values: values)
    }

    mutating func drop() throws(Diagnostic) -> Drop {
        advance()
        let kind: Drop.Kind
        if accept(.stream) {
            kind = .stream
        } else if accept(.table) {
            kind = .table
        } else if accept(.connector) {
            kind = .connector
        } else if accept(.type) {
            kind = .type
        } else {
            throw unexpected(hint: token.isName ? "say what to drop: DROP STREAM \(token.shown)" : nil)
        }
        let ifExists = try accept(all: .if, .exists)
        let name = kind == .connector ? connectorName(try externalName()) : try name()
        let hasTopic = kind == .stream || kind == .table
        let deleteTopic = hasTopic ? try accept(all: .delete, .topic) : false
        return Drop(kind: kind, ifExists: ifExists, name: name, deleteTopic: deleteTopic)
    }

    mutating func alter() throws(Diagnostic) -> Statement.Kind {
        advance()
        if accept(.system) { return .alterSystem(try setting("ALTER SYSTEM")) }
        let kind: SourceKind
        if accept(.stream) {
            kind = .stream
        } else if accept(.table) {
            kind = .table
        } else {
            throw unexpected()
        }
        let name = try name()
        var additions: [ColumnDefinition] = []
        repeat {
            if additions.isEmpty {
                try expect(.add, hint: "columns can be added: ALTER STREAM name ADD COLUMN column type")
            } else {
                _ = accept(.add)
            }
            additions.append(try addition())
        } while accept(.comma)
        return .alterSource(AlterSource(kind: kind, name: name, additions: additions))
    }

    private mutating func addition() throws(Diagnostic) -> ColumnDefinition {
        // COLUMN may itself be the name: `ADD COLUMN INT` adds a column COLUMN.
        if token.keyword == .column, peek().isName, peek(2).isName { advance() }
        let start = position
        let name = try name()
        let type = try type()
        if token.keyword == .key || token.keyword == .primary {
            throw unexpected(hint: "keys cannot be added: CREATE OR REPLACE the source instead")
        }
        return ColumnDefinition(name: name, type: type, span: span(from: start))
    }

    // MARK: ASSERT

    mutating func assertion() throws(Diagnostic) -> Assert {
        advance()
        if accept(.values) {
            return .values(try row(of: try name(), valuesAfter: .values))
        }
        if try accept(all: .null, .values) {
            return .nullValues(try row(of: try name(), valuesAfter: .key))
        }
        if accept(.stream) { return try assertSource(.stream) }
        if accept(.table) { return try assertSource(.table) }
        let exists = try !accept(all: .not, .exists)
        if accept(.topic) { return try assertTopic(exists: exists) }
        if accept(.schema) { return try assertSchema(exists: exists) }
        throw unexpected(hint: "such as ASSERT VALUES name (column) VALUES (1)")
    }

    private mutating func assertSource(_ kind: SourceKind) throws(Diagnostic) -> Assert {
        var create = CreateSource(kind: kind, name: try name())
        create.columns = try columns()
        if accept(.with) { create.properties = try properties() }
        return .source(create)
    }

    private mutating func assertTopic(exists: Bool) throws(Diagnostic) -> Assert {
        let name = try externalName()
        let properties = try accept(.with) ? properties() : []
        return .topic(name: name, properties: properties, exists: exists, timeout: try timeout())
    }

    private mutating func assertSchema(exists: Bool) throws(Diagnostic) -> Assert {
        let subject = try accept(.subject) ? externalName() : nil
        let id = try accept(.id) ? count() : nil
        guard subject != nil || id != nil else {
            throw unexpected(hint: "name the subject, the id or both: ASSERT SCHEMA SUBJECT name ID 3")
        }
        return .schema(subject: subject, id: id, exists: exists, timeout: try timeout())
    }

    private mutating func timeout() throws(Diagnostic) -> TimeSpan? {
        try accept(.timeout) ? timeSpan() : nil
    }
}
