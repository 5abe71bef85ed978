import Expressions

/// What a query's clauses read: a relation, or several joined ones as one.
struct QueryInput {
    let relation: Relation
    let joins: [JoinPlan]
    let scope: Scope
    /// For each part of the relation's key the columns that stand for it in a SELECT list.
    let keys: [[Scope.Binding]]

    init(_ relation: Relation, scope: Scope) {
        self.relation = relation
        joins = []
        self.scope = scope
        keys = scope.sources[0].columns[..<relation.keyCount].map { [$0] }
    }

    init(_ joins: [JoinPlan], scope: Scope, keys: [[Scope.Binding]], relation: Relation) {
        self.relation = relation
        self.joins = joins
        self.scope = scope
        self.keys = keys
    }

    /// The same as a person writes them, for messages.
    var keyNames: [[String]] {
        keys.map { columns in
            columns.map { column in
                let source = scope.sources.first { source in
                    (source.columns + source.pseudoColumns).contains { $0.position == column.position }
                }
                return source.map { scope.isJoin ? "\($0.qualifier).\(column.name)" : column.name }
                    ?? column.name
            }
        }
    }
}
