/// The settings that SET changes, by the names that statements write.
public enum SettingName: String, CaseIterable, Sendable {
    case emitsPerRecord = "emit.per.record"
    /// `0`: tables' changes are handed on as they come, not once for each key and epoch.
    case changeBuffer = "cache.max.bytes.buffering"
    case epochBytes = "epoch.max.bytes"
    case chunkBytes = "chunk.bytes"
    case idleTimeout = "idle.timeout"
    case bootstrapServers = "bootstrap.servers"
    case offsetReset = "auto.offset.reset"
    case keyFormat = "ksql.persistence.default.format.key"
    case valueFormat = "ksql.persistence.default.format.value"
    case wrapsSingleValues = "ksql.persistence.wrap.single.values"
    /// Whether a query over a topic writes a topic of its own where its WITH clause names none.
    case outputTopics = "output.topics"
    case topicPrefix = "ksql.output.topic.name.prefix"
    case collectListLimit = "ksql.functions.collect_list.limit"
    case collectSetLimit = "ksql.functions.collect_set.limit"
    /// Whether a pull query is refused that ksqlDB refuses: with joins, groups or an order.
    case pullsLikeKsqlDB = "pull.queries.like.ksqldb"
    /// Whether a statement is refused that only ksqlDB's ways of keeping state and schemas refuse.
    case refusesLikeKsqlDB = "refuse.like.ksqldb"
    /// Whether a record without a usable event time ends the queries that read it.
    case failsOnBadTime = "ksql.timestamp.throw.on.invalid"
    case keysInListOrder = "ksql.new.query.planner.enabled"
}
