import Diagnostics

/// The tables of a lake that a query names, and what to say when it names one that is not there.
struct QueryCatalogue {
    /// Those that it names.
    let tables: [LakeTable]
    /// All others, where it asks what there is.
    let others: [LakeTable]
    private let lake: LakeDirectory

    /// - Throws: `unknownSource` for a name in a layer that has no such table.
    init(_ lake: LakeDirectory, named sql: String) throws(Diagnostic) {
        self.lake = lake
        let references = TableReferences(in: sql)
        let layers = try lake.layers()
        var found: [LakeTable] = []
        var known: [String: [LakeTable]] = [:]
        for pair in references.pairs {
            guard let layer = Self.match(pair.layer, among: layers) else { continue }
            if known[layer] == nil { known[layer] = try lake.tables(of: layer) }
            let candidates = known[layer] ?? []
            // A folder without tables is no layer, whatever its name.
            if candidates.isEmpty { continue }
            guard let name = Self.match(pair.name, among: candidates.map(\.name)),
                let table = candidates.first(where: { $0.name == name })
            else {
                let typed = "\(pair.layer).\(pair.name)"
                let all = try lake.tables().map(\.title)
                throw Diagnostic(
                    .unknownSource, "there is no table \(typed) in \(lake.path)",
                    expected: candidates.map(\.title).joined(separator: ", "),
                    hint: NearestName.suggestion(for: typed, among: all).map { "did you mean \($0)?" }
                        ?? "see millrace inspect lake \(lake.path)")
            }
            if !found.contains(table) { found.append(table) }
        }
        tables = found
        others = references.asksForCatalogue ? try lake.tables().filter { !found.contains($0) } : []
    }

    /// Exactly, or else whatever the case, as SQL has it.
    private static func match(_ name: String, among names: [String]) -> String? {
        names.first { $0 == name } ?? names.first { $0.lowercased() == name.lowercased() }
    }

    /// What DuckDB said, with the lake's own advice where it is about a table.
    func diagnostic(for ending: ChildProcess.Ending, sql: String) throws(Diagnostic) -> Diagnostic {
        guard let message = DuckDBMessage(ending.errors) else {
            return Diagnostic(.internalError, "DuckDB ended with code \(ending.code) and said nothing")
        }
        if let missing = message.missingTable {
            let all = try lake.tables()
            let nearest =
                all.first { $0.name.lowercased() == missing.lowercased() }?.title
                ?? NearestName.suggestion(for: missing, among: all.map(\.title))
                ?? NearestName.suggestion(for: missing, among: all.map(\.name)).flatMap { name in
                    all.first { $0.name == name }?.title
                }
            return Diagnostic(
                .unknownSource, "there is no table \(missing)",
                expected: all.isEmpty
                    ? "a lake with tables; \(lake.path) has none" : all.map(\.title).joined(separator: ", "),
                hint: nearest.map { "did you mean \($0)?" } ?? "see millrace inspect lake \(lake.path)")
        }
        return message.diagnostic(sql: sql)
    }
}
