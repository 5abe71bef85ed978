import Columnar

/// The statements by which rows get into a table, or out of it.
struct LoadPlan {
    /// The temporary table that rows go through; nil when they are copied straight.
    let stage: LoadStage?
    /// Empties it.
    let clearing: String?
    let copy: String
    /// From the temporary table into the table.
    let apply: String?
    let schema: Schema
    let wires: [WireType]

    /// - Parameter writer: its number among those that may use one session.
    static func rows(_ target: TableTarget, _ fit: TableFit, writer: Int) -> LoadPlan {
        let pairs = fit.pairs
        let names = SQLName.list(pairs.map(\.column.name))
        if target.mode == .append, !pairs.contains(where: \.needsCast) {
            return LoadPlan(
                stage: nil, clearing: nil,
                copy: "COPY \(target.name.quoted) (\(names)) FROM STDIN (FORMAT binary)", apply: nil,
                schema: target.schema, wires: pairs.map(\.wire))
        }
        let stage = LoadStage("millrace_rows_\(writer)", pairs)
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

    static func deletes(_ target: TableTarget, _ fit: TableFit, writer: Int) -> LoadPlan {
        let keys = fit.keyNames(target)
        let pairs = fit.pairs.filter { keys.contains($0.column.name) }
        let stage = LoadStage("millrace_keys_\(writer)", pairs)
        return LoadPlan(
            stage, "DELETE FROM \(target.name.quoted) t USING \(stage.name) s WHERE " + stage.match(keys),
            target.keySchema)
    }

    private init(_ stage: LoadStage, _ apply: String, _ schema: Schema) {
        self.init(
            stage: stage, clearing: "TRUNCATE \(stage.name)", copy: stage.copy, apply: apply,
            schema: schema, wires: stage.pairs.map(\.wire))
    }

    private init(
        stage: LoadStage?, clearing: String?, copy: String, apply: String?, schema: Schema, wires: [WireType]
    ) {
        self.stage = stage
        self.clearing = clearing
        self.copy = copy
        self.apply = apply
        self.schema = schema
        self.wires = wires
    }
}
