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
}
