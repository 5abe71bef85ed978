import Diagnostics
import Formats
import Language

/// Reads the rules file of a pipeline: JSON, in which `// …` is a comment and `${name}` a variable.
///
/// ```
/// { "results": "data/quality/results", "quarantine": "…", "alerts": "…", "retention": "30 days",
///   "rules": [ {"name": "prices", "on": "silver_events", "check": "range", …}, … ] }
/// ```
public struct RuleFileReader {
    private let document: SourceText
    private let plan: PipelinePlan
    private var variables: Variables

    static let known = ["results", "quarantine", "alerts", "retention", "rules"]

    private init(_ document: SourceText, _ plan: PipelinePlan, _ variables: Variables) {
        self.document = document
        self.plan = plan
        self.variables = variables
    }

    /// Adds the rules to the plan, with the relations and sinks that their results need.
    ///
    /// - Throws: what is wrong, with its place in the file, what was expected and what was probably meant.
    public static func add(
        _ text: String, file: String, variables: inout Variables, to plan: inout PipelinePlan
    ) throws(Diagnostic) {
        var reader = RuleFileReader(SourceText(text, file: file), plan, variables)
        plan = try reader.read()
        variables = reader.variables
    }

    private mutating func read() throws(Diagnostic) -> PipelinePlan {
        let fields = try RuleFields(try parsed(), owner: "the rules file", in: document)
        try fields.refuseUnknown(known: Self.known)
        let results = try fields.required("results", example: "\"data/quality/results\"")
        let quarantine = try fields.text("quarantine")
        guard let list = fields.value("rules") else { throw fields.missing("rules", example: "[ … ]") }
        guard case .array(let elements) = list.content, !elements.isEmpty else {
            throw fields.invalid("rules", list, expected: "a list with at least one rule: [ {…} ]")
        }
        var rules: [QualityRule] = []
        for (index, element) in elements.enumerated() {
            var analyzer = RuleAnalyzer(
                fields: try RuleFields(element, owner: "rule \(index + 1)", in: document), plan: plan,
                variables: variables)
            let rule = try analyzer.rule()
            variables = analyzer.variables
            if rules.contains(where: { $0.name == rule.name }) {
                throw Diagnostic(
                    .invalidStatement, "there are two rules '\(rule.name)'",
                    at: analyzer.fields.location(of: "name"), hint: "give one another name")
            }
            if rule.isQuarantining, quarantine == nil {
                throw Diagnostic(
                    .missingProperty,
                    "the rule '\(rule.name)' keeps rows aside, and there is no table for them",
                    at: analyzer.fields.location(of: "on_fail"),
                    hint: "add \"quarantine\": \"data/quality/quarantine\" beside \"results\"")
            }
            rules.append(rule)
        }
        let alerts = try fields.text("alerts")
        var result = plan
        result.quality = QualityPlan(
            rules: rules, results: QualityRelations.results,
            quarantine: quarantine == nil ? nil : QualityRelations.quarantine,
            alertsPath: try alerts.map { text throws(Diagnostic) in try text.substituted(&variables) })
        try addSink(QualityRelations.results, results, "evaluated_date", fields, to: &result)
        if let quarantine {
            try addSink(QualityRelations.quarantine, quarantine, "quarantined_date", fields, to: &result)
        }
        return result
    }

    private func parsed() throws(Diagnostic) -> LocatedJSON {
        do throws(JSONSyntaxError) {
            return try LocatedJSON(parsing: Array(document.text.utf8), allowsComments: true)
        } catch {
            throw Diagnostic(
                .syntax, "the rules file is no JSON: \(error.reason)",
                at: document.location(of: SourceSpan(offset: error.offset, length: 1)))
        }
    }

    /// An ordinary sink into a Delta table, partitioned by day so that old days can go.
    private mutating func addSink(
        _ relation: Relation, _ path: EmbeddedText, _ day: String, _ fields: RuleFields,
        to plan: inout PipelinePlan
    ) throws(Diagnostic) {
        var properties = [
            Property("path", .string(try path.substituted(&variables)), valueSpan: path.span),
            Property("partition.by", .string(day)),
        ]
        if let retention = try fields.text("retention") {
            properties.append(
                Property("rows.retention", .string(retention.text), valueSpan: retention.span))
        }
        // The file stands where a statement does, for places in messages.
        let statement = Statement(
            .set(Setting(name: relation.name, value: "")),
            span: SourceSpan(offset: 0, length: document.text.utf8.count), text: document.text,
            source: document)
        plan.catalogue.define(relation)
        plan.sinks.append(
            SinkPlan(
                name: relation.name, connectorClass: "delta", from: relation,
                properties: ConnectorProperties(
                    properties, of: statement, owner: "the table \(relation.name) of the rules file")))
    }
}
