/// A rule about repeats: what finds them, and what it makes of them.
struct UniqueCheck {
    /// Remembers keys for the rule; nil where the deduplication of a query finds the same repeats, which
    /// then says so to the tally.
    let finder: DeduplicationOperator?
    /// That query's output.
    let query: String?
    let tally: RepeatTally
}
