import Expressions

/// What a rule looks at, with its expressions over the relation's row.
public enum RuleCheck: Hashable, Sendable {
    /// Rows for which `violation` is true fail; `shown` are the columns of an example.
    case rows(violation: Expression, shown: [Int])
    /// A row fails when one with equal keys came before it and less than `within` milliseconds of event time
    /// ago; rows with a NULL among the keys, and records without a value, are not checked.
    case unique(keys: [Expression], within: Int64)
    case freshness(FreshnessPlan)
    case volume(VolumePlan)
}
