extension Statement: CustomStringConvertible {
    /// The statement as it is written in SQL: one line, without a semicolon.
    ///
    /// Parsed again it gives an equal statement: what looks like a variable in a string is escaped.
    public var formatted: String { Substitution.escaped(finished) }

    /// The same for ``ScriptReader/init(finished:)``, which puts no variables in: nothing is escaped.
    public var finished: String {
        var formatter = SyntaxFormatter()
        formatter.write(self)
        return formatter.text
    }

    public var description: String { formatted }
}

extension SyntaxFormatter {
    fileprivate mutating func write(_ statement: Statement) {
        switch statement.kind {
        case .createSource(let create): write(create)
        case .createSourceAsSelect(let create): write(create)
        case .createConnector(let create): write(create)
        case .createType(let create): write(create)
        case .insertInto(let insert):
            write("INSERT INTO " + insert.target.formatted)
            writeProperties(insert.properties)
            write(" ")
            write(insert.query)
        case .insertValues(let insert):
            write("INSERT INTO ")
            writeRow(insert, "VALUES")
        case .query(let query): write(query)
        case .drop(let drop):
            write("DROP \(drop.kind.rawValue) " + (drop.ifExists ? "IF EXISTS " : ""))
            write(drop.name)
            if drop.deleteTopic { write(" DELETE TOPIC") }
        case .alterSource(let alter):
            write("ALTER \(alter.kind.rawValue) \(alter.name.formatted) ")
            list(alter.additions) { formatter, column in
                formatter.write("ADD COLUMN ")
                formatter.write(column)
            }
        case .alterSystem(let setting): write("ALTER SYSTEM ", setting)
        case .queryControl(let control):
            write(control.action.rawValue + " " + (control.query?.formatted ?? "ALL"))
        case .show(let show): write(show)
        case .describe(let describe): write(describe)
        case .explain(.query(let id)): write("EXPLAIN " + id.formatted)
        case .explain(.statement(let inner)):
            write("EXPLAIN ")
            write(inner)
        case .print(let print): write(print)
        case .assert(let assertion): write(assertion)
        case .define(let setting):
            write("DEFINE \(Identifier(setting.name).formattedKeepingCase) = ")
            write(quoted: setting.value)
        case .undefine(let name): write("UNDEFINE " + name.formatted)
        case .set(let setting): write("SET ", setting)
        case .unset(let name): write("UNSET " + Self.quoted(name.text))
        case .runScript(let path): write("RUN SCRIPT " + Self.quoted(path))
        }
    }

    private mutating func write(_ verb: String, _ setting: Setting) {
        write(verb + Self.quoted(setting.name) + " = " + Self.quoted(setting.value))
    }

    private mutating func writeRow(_ row: InsertValues, _ word: String) {
        write(row.target)
        if !row.columns.isEmpty {
            write(" (")
            list(row.columns) { $0.write($1) }
            write(")")
        }
        write(" \(word) (")
        list(row.values) { $0.write($1) }
        write(")")
    }

    private mutating func write(_ show: Show) {
        write("SHOW ")
        switch show.subject {
        case .streams: write("STREAMS")
        case .tables: write("TABLES")
        case .queries: write("QUERIES")
        case .functions: write("FUNCTIONS")
        case .types: write("TYPES")
        case .variables: write("VARIABLES")
        case .properties: write("PROPERTIES")
        case .topics(let all): write(all ? "ALL TOPICS" : "TOPICS")
        case .connectors(let direction): write((direction.map { $0.rawValue + " " } ?? "") + "CONNECTORS")
        case .connectorPlugins: write("CONNECTOR PLUGINS")
        }
        if show.isExtended { write(" EXTENDED") }
    }

    private mutating func write(_ describe: Describe) {
        write("DESCRIBE ")
        var isExtended = false
        switch describe {
        case .source(let name, let extended):
            write(name)
            isExtended = extended
        case .streams(let extended):
            write("STREAMS")
            isExtended = extended
        case .tables(let extended):
            write("TABLES")
            isExtended = extended
        case .function(let name): write("FUNCTION " + name.formatted)
        case .connector(let name): write("CONNECTOR " + name.formatted)
        }
        if isExtended { write(" EXTENDED") }
    }

    private mutating func write(_ print: PrintTopic) {
        write("PRINT " + print.topic.formattedAsExternal)
        if print.fromBeginning { write(" FROM BEGINNING") }
        if let interval = print.interval { write(" INTERVAL \(interval)") }
        if let limit = print.limit { write(" LIMIT \(limit)") }
    }

    private mutating func write(_ assertion: Assert) {
        write("ASSERT ")
        switch assertion {
        case .topic(let name, let properties, let exists, let timeout):
            write((exists ? "" : "NOT EXISTS ") + "TOPIC " + name.formattedAsExternal)
            writeProperties(properties)
            write(timeout: timeout)
        case .schema(let subject, let id, let exists, let timeout):
            write((exists ? "" : "NOT EXISTS ") + "SCHEMA")
            if let subject { write(" SUBJECT " + subject.formattedAsExternal) }
            if let id { write(" ID \(id)") }
            write(timeout: timeout)
        case .values(let row):
            write("VALUES ")
            writeRow(row, "VALUES")
        case .nullValues(let row):
            write("NULL VALUES ")
            writeRow(row, "KEY")
        case .source(let create):
            write(create.kind.rawValue + " " + create.name.formatted)
            writeSchema(create.columns, create.properties)
        }
    }

    private mutating func write(timeout: TimeSpan?) {
        guard let timeout else { return }
        write(" TIMEOUT ")
        write(timeout)
    }
}
