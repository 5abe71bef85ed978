import Columnar

/// The statements by which rows get into a table, or out of it.
struct LoadPlan {
    /// Makes the temporary table that rows go through; nil when they are copied straight.
    let staging: String?
    /// Empties it.
    let clearing: String?
    let copy: String
    /// From the temporary table into the table.
    let apply: String?
    let schema: Schema
    let wires: [WireType]

    static func rows(_ target: TableTarget, _ fit: TableFit) -> LoadPlan {
        let pairs = fit.pairs
        let names = SQLName.list(pairs.map(\.column.name))
        if target.mode == .append, !pairs.contains(where: \.needsCast) {
            return LoadPlan(
                staging: nil, clearing: nil,
                copy: "COPY \(target.name.quoted) (\(names)) FROM STDIN (FORMAT binary)", apply: nil,
                schema: target.schema, wires: pairs.map(\.wire))
        }
        let stage = Stage("millrace_rows", pairs)
        let values = pairs.map { stage.value($0) }.joined(separator: ", ")
        let keys = fit.keyNames(target)
        let others = pairs.map(\.column.name).filter { !keys.contains($0) }
        let apply: String
        switch target.mode {
        case .append:
            apply = "INSERT INTO \(target.name.quoted) (\(names)) SELECT \(values) FROM \(stage.name) s"
        case .upsert:
            let updates = others.map { SQLName.quoted($0) + " = EXCLUDED." + SQLName.quoted($0) }
            apply =
                "INSERT INTO \(target.name.quoted) (\(names)) SELECT \(values) FROM \(stage.name) s "
                + "ON CONFLICT (\(SQLName.list(keys))) DO "
                + (updates.isEmpty ? "NOTHING" : "UPDATE SET " + updates.joined(separator: ", "))
        case .update:
            let changes = pairs.filter { others.contains($0.column.name) }.map {
                SQLName.quoted($0.column.name) + " = " + stage.value($0)
            }
            // A table of nothing but its key has nothing to update.
            apply =
                changes.isEmpty
                ? "SELECT 1"
                : "UPDATE \(target.name.quoted) t SET \(changes.joined(separator: ", ")) "
                    + "FROM \(stage.name) s WHERE " + stage.match(keys)
        }
        return LoadPlan(stage, apply, target.schema)
    }

    static func deletes(_ target: TableTarget, _ fit: TableFit) -> LoadPlan {
        let keys = fit.keyNames(target)
        let pairs = fit.pairs.filter { keys.contains($0.column.name) }
        let stage = Stage("millrace_keys", pairs)
        return LoadPlan(
            stage, "DELETE FROM \(target.name.quoted) t USING \(stage.name) s WHERE " + stage.match(keys),
            target.keySchema)
    }

    private init(_ stage: Stage, _ apply: String, _ schema: Schema) {
        self.init(
            staging: stage.creation, clearing: "TRUNCATE \(stage.name)", copy: stage.copy, apply: apply,
            schema: schema, wires: stage.pairs.map(\.wire))
    }

    private init(
        staging: String?, clearing: String?, copy: String, apply: String?, schema: Schema, wires: [WireType]
    ) {
        self.staging = staging
        self.clearing = clearing
        self.copy = copy
        self.apply = apply
        self.schema = schema
        self.wires = wires
    }
}

/// A temporary table of the session, with the columns that come.
private struct Stage {
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
