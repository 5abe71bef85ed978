/// A temporary table of the session, with the columns that come.
struct LoadStage {
    let plainName: String
    let pairs: [TableFit.Pair]

    init(_ name: String, _ pairs: [TableFit.Pair]) {
        plainName = name
        self.pairs = pairs
    }

    var name: String { "pg_temp." + plainName }

    var creation: String {
        let columns = pairs.map { SQLName.quoted($0.column.name) + " " + type($0) }
        return "DROP TABLE IF EXISTS \(name); CREATE TEMPORARY TABLE \(plainName) ("
            + columns.joined(separator: ", ") + ") ON COMMIT DELETE ROWS"
    }

    private func type(_ pair: TableFit.Pair) -> String {
        pair.needsCast ? NaturalType(pair.field.type).sql : pair.column.typeName
    }

    var copy: String {
        "COPY \(name) (\(SQLName.list(pairs.map(\.column.name)))) FROM STDIN (FORMAT binary)"
    }

    func value(_ pair: TableFit.Pair) -> String {
        let value = "s." + SQLName.quoted(pair.column.name)
        return pair.needsCast ? "CAST(\(value) AS \(pair.column.typeName))" : value
    }

    func match(_ keys: [String]) -> String {
        pairs.filter { keys.contains($0.column.name) }
            .map { "t." + SQLName.quoted($0.column.name) + " = " + value($0) }.joined(separator: " AND ")
    }
}
