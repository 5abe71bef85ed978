/// What a unit of a plan is made of, told without making it.
public struct UnitOutline: Sendable {
    enum Content: Sendable {
        case query(QueryPlan)
        /// The rows of a table of a topic.
        case view
        case sink(SinkPlan)
        case local([QueryPlan])
    }

    public let name: String
    let content: Content
    /// The relations that it reads, as the catalogue has them.
    let sources: [Relation]

    init(name: String, _ content: Content, reading sources: [Relation]) {
        self.name = name
        self.content = content
        self.sources = sources
    }

    /// Whether the unit of that name is certainly as it was. False says nothing.
    public func isSame(as other: UnitOutline) -> Bool {
        switch (content, other.content) {
        case (.query(let query), .query(let old)) where query.isSame(as: old): break
        case (.view, .view): break
        case (.sink(let sink), .sink(let old)) where sink.from.isSame(as: old.from): break
        default: return false
        }
        return name == other.name && sources.count == other.sources.count
            && zip(sources, other.sources).allSatisfy { $0.isSame(as: $1) }
    }
}
