import Diagnostics
import Expressions
import Language

/// SHOW and DESCRIBE: what the statements before have made.
extension PipelinePlanner {
    /// Answers a statement of which only the reader of the script knows, such as SHOW VARIABLES.
    public mutating func answer(_ listing: Listing) { answers.append(listing.text) }

    // MARK: SHOW

    func listing(of show: Show, _ statement: Statement) throws(Diagnostic) -> Listing {
        switch show.subject {
        case .streams: return relations(.stream, "streams")
        case .tables: return relations(.table, "tables")
        case .queries:
            return Listing(
                "queries", ["ID", "FROM", "INTO"],
                plan.queries.map { [$0.id, $0.sources.map(\.name).joined(separator: ", "), $0.output.name] })
        case .topics: return topics
        case .types:
            return Listing(
                "types", ["NAME", "TYPE"],
                plan.catalogue.types.sorted { $0.key < $1.key }.map { [$0, $1.sql] })
        case .functions:
            let scalar = ScalarFunctions.names.map { [$0, "scalar"] }
            let aggregates = AggregateFunctions.names.map { [$0, "aggregate"] }
            let tables = TableFunctions.names.map { [$0, "table"] }
            return Listing(
                "functions", ["NAME", "KIND"], (scalar + aggregates + tables).sorted { $0[0] < $1[0] })
        case .connectors(let direction):
            let sinks = direction == .source ? [] : plan.sinks
            return Listing(
                "connectors", ["NAME", "CLASS", "FROM"],
                sinks.map { [$0.name, $0.connectorClass, $0.from.name] })
        case .properties:
            return Listing(
                "settings", ["NAME", "VALUE"],
                SettingName.allCases.map { [$0.rawValue, plan.settings[$0] ?? ""] }.sorted { $0[0] < $1[0] })
        case .connectorPlugins:
            return Listing("connector classes", ["CLASS"], [["delta"]])
        case .variables:
            throw Diagnostic(
                .unsupported, "a pipeline's script does not hold SHOW VARIABLES",
                at: statement.location(of: statement.span), hint: "only `millrace run` knows them all")
        }
    }

    private func relations(_ kind: Relation.Kind, _ title: String) -> Listing {
        let found = plan.catalogue.order.compactMap { plan.catalogue.relation($0) }.filter { $0.kind == kind }
        return Listing(
            title, ["NAME", "TOPIC", "KEY FORMAT", "VALUE FORMAT", "WINDOWED"],
            found.map { relation in
                let key = relation.topic?.keyFormat ?? relation.source?.keyFormat
                let value = relation.topic?.valueFormat ?? relation.source?.valueFormat
                return [
                    relation.name, relation.topic?.name ?? "", key?.rawValue ?? "", value?.rawValue ?? "",
                    relation.windowing == nil ? "no" : "yes",
                ]
            })
    }

    private var topics: Listing {
        var names: [String] = []
        var users: [String: [String]] = [:]
        for name in plan.catalogue.order {
            guard let topic = plan.catalogue.relation(name)?.topic?.name else { continue }
            if users[topic] == nil { names.append(topic) }
            users[topic, default: []].append(name)
        }
        return Listing(
            "topics", ["TOPIC", "OF"], names.map { [$0, (users[$0] ?? []).joined(separator: ", ")] })
    }

    // MARK: DESCRIBE

    func listing(of describe: Describe, _ statement: Statement) throws(Diagnostic) -> Listing {
        switch describe {
        case .source(let name, _): return columns(of: try plan.catalogue.relation(named: name, in: statement))
        case .streams: return relations(.stream, "streams")
        case .tables: return relations(.table, "tables")
        case .function(let name): return try forms(of: name, statement)
        case .connector(let name):
            guard let sink = plan.sinks.first(where: { $0.connector == name.text }) else {
                let names = plan.sinks.map(\.connector)
                let suggestion = NearestName.suggestion(for: name.text, among: names)
                throw Diagnostic(
                    .unknownConnector, "there is no connector \(name.text)",
                    at: statement.location(of: name.span), hint: suggestion.map { "did you mean \($0)?" })
            }
            return Listing(
                "connector \(sink.connector)", ["CLASS", "FROM"],
                plan.sinks.filter { $0.connector == sink.connector }
                    .map { [$0.connectorClass, $0.from.name] })
        }
    }

    private func columns(of relation: Relation) -> Listing {
        let title = "\(relation.isReadOnly ? "source " : "")\(relation.kind.rawValue.lowercased()) "
        return Listing(
            title + relation.name, ["COLUMN", "TYPE"],
            relation.columns.enumerated().map { index, column in
                var type = column.type.sql
                if index < relation.keyCount {
                    type += relation.kind == .table ? " PRIMARY KEY" : " KEY"
                    if relation.windowing != nil { type += " (windowed)" }
                }
                switch relation.source?.headerColumns[column.name] {
                case .all: type += " HEADERS"
                case .last(let name): type += " HEADER('\(name)')"
                case nil: break
                }
                return [column.name, type]
            })
    }

    private func forms(of name: Identifier, _ statement: Statement) throws(Diagnostic) -> Listing {
        let variants = FunctionGuide.variants(of: name.text)
        if !variants.isEmpty {
            let isAggregate = AggregateFunctions.isAggregate(name.text)
            let isTable = TableFunctionAnalyzer.isTableFunction(name.text)
            let kind = isAggregate ? "aggregate function" : isTable ? "table function" : "function"
            let meaning = FunctionGuide.meaning(of: name.text).map { ": \($0)" } ?? ""
            return Listing(
                "\(kind) \(name.text.uppercased())\(meaning)", ["FORM", "RESULT"],
                variants.map { [$0.signature, $0.result] })
        }
        let known = ScalarFunctions.names + AggregateFunctions.names + TableFunctions.names
        let suggestion = NearestName.suggestion(for: name.text, among: known)
        throw Diagnostic(
            .unknownFunction, "there is no function \(name.text)", at: statement.location(of: name.span),
            hint: suggestion.map { "did you mean \($0)?" } ?? "SHOW FUNCTIONS lists them")
    }
}
