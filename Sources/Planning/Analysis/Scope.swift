import Columnar
import Diagnostics
import Expressions
import Language

/// The names that an expression may use and the columns that they stand for.
struct Scope {
    typealias Typed = Expressions.Expression

    /// A name and where its column stands in a row.
    struct Binding {
        let name: String
        let position: Int
        let type: DataType

        var column: Typed { .column(position, type) }
    }

    /// A relation that the query reads.
    struct Source {
        /// The name in front of a point, as in `e.price`: the relation's alias.
        let qualifier: String
        let relationName: String
        let columns: [Binding]
        let keyCount: Int
        let pseudoColumns: [Binding]

        init(relation: Relation, qualifier: String) {
            self.qualifier = qualifier
            relationName = relation.name
            keyCount = relation.keyCount
            columns = relation.columns.enumerated().map {
                Binding(name: $1.name, position: $0, type: $1.type)
            }
            pseudoColumns = PseudoColumn.allCases.compactMap { pseudo in
                if pseudo.isWindowBound && relation.windowing == nil { return nil }
                return Binding(
                    name: pseudo.name, position: relation.position(of: pseudo), type: pseudo.type)
            }
        }

        /// A row without columns.
        fileprivate init(emptyRowOf name: String) {
            qualifier = name
            relationName = name
            columns = []
            keyCount = 0
            pseudoColumns = []
        }

        private init(_ other: Source, shiftedBy offset: Int) {
            func moved(_ bindings: [Binding]) -> [Binding] {
                bindings.map { Binding(name: $0.name, position: $0.position + offset, type: $0.type) }
            }
            qualifier = other.qualifier
            relationName = other.relationName
            keyCount = other.keyCount
            columns = moved(other.columns)
            pseudoColumns = moved(other.pseudoColumns)
        }

        /// The same names, standing elsewhere in a longer row.
        func shifted(by offset: Int) -> Source { Source(self, shiftedBy: offset) }

        func binding(_ name: String) -> Binding? {
            columns.first { $0.name == name } ?? pseudoColumns.first { $0.name == name }
        }

        func isNamed(_ name: String) -> Bool { name == qualifier || name == relationName }
    }

    let sources: [Source]
    /// The key that a join made and no source has: ROWKEY.
    var syntheticKey: Binding?

    var isJoin: Bool { sources.count > 1 }

    /// Where values stand alone, such as those of INSERT INTO … VALUES: there is nothing to name.
    static let ofValues = Scope([Source(emptyRowOf: "VALUES")])

    /// The row of a relation.
    init(relation: Relation, qualifier: String) {
        sources = [Source(relation: relation, qualifier: qualifier)]
    }

    /// The row of joined relations.
    init(_ sources: [Source], syntheticKey: Binding? = nil) {
        self.sources = sources
        self.syntheticKey = syntheticKey
    }

    /// The sources that a qualifier names, all without one; refuses a qualifier that names none.
    func named(_ given: Identifier?, in statement: Statement) throws(Diagnostic) -> [Source] {
        guard let given else { return sources }
        // An alias hides the names of others' relations.
        let found =
            sources.filter { $0.qualifier == given.text }.first
            ?? sources.filter { $0.relationName == given.text }.first
        if let found { return [found] }
        let names = sources.map(\.qualifier)
        throw Diagnostic(
            .unknownSource, "there is no source \(given.text) in this query",
            at: statement.location(of: given.span),
            hint: isJoin
                ? "its sources are " + names.joined(separator: ", ") : "its only source is \(names[0])")
    }

    func resolve(
        qualifier given: Identifier?, name: Identifier, in statement: Statement
    ) throws(Diagnostic) -> Typed {
        let among = try named(given, in: statement)
        if given == nil, let syntheticKey, syntheticKey.name == name.text { return syntheticKey.column }
        let holders = among.filter { $0.binding(name.text) != nil }
        if holders.count > 1 {
            let choices = holders.map { "\($0.qualifier).\(name.text)" }
            throw Diagnostic(
                .ambiguousColumn, "column \(name.text) is ambiguous",
                at: statement.location(of: name.span), expected: "one of " + choices.joined(separator: ", "),
                hint: "put the source in front: \(choices[0])")
        }
        if let found = holders.first?.binding(name.text) { return found.column }
        throw unknown(name, among, statement)
    }

    private func unknown(_ name: Identifier, _ among: [Source], _ statement: Statement) -> Diagnostic {
        let owner = among.map(\.relationName).joined(separator: " or ")
        let place = statement.location(of: name.span)
        if PseudoColumn(name: name.text)?.isWindowBound == true {
            return Diagnostic(
                .unknownColumn, "\(owner) has no windows, so \(name.text) is not known here", at: place,
                hint: "a query with WINDOW and GROUP BY knows it in its SELECT list")
        }
        let columns = among.flatMap { source in
            source.columns.map { isJoin ? "\(source.qualifier).\($0.name)" : $0.name }
        }
        let candidates = among.flatMap { ($0.columns + $0.pseudoColumns).map(\.name) }
        let suggestion = NearestName.suggestion(for: name.text, among: candidates)
        return Diagnostic(
            .unknownColumn, "column \(name.text) does not exist in \(owner)", at: place,
            expected: suggestion == nil ? "one of " + columns.joined(separator: ", ") : nil,
            hint: suggestion.map { "did you mean \($0)?" })
    }

    // MARK: Names of the result

    /// What a column of a source is called in the result: with the source in front where sources are joined.
    func resultName(_ binding: Binding, of source: Source) -> String {
        isJoin ? "\(source.qualifier)_\(binding.name)" : binding.name
    }

    /// What `name` or `qualifier.name` is called in the result without AS: several sources may have it.
    func resultName(qualifier: Identifier?, name: Identifier) -> String {
        guard let qualifier, sources.filter({ $0.binding(name.text) != nil }).count > 1,
            let source = sources.first(where: { $0.qualifier == qualifier.text })
                ?? sources.first(where: { $0.relationName == qualifier.text })
        else { return name.text }
        return "\(source.qualifier)_\(name.text)"
    }

    /// All names that a result may take over.
    var resultNames: [String] {
        sources.flatMap { source in source.columns.map { resultName($0, of: source) } }
    }
}
