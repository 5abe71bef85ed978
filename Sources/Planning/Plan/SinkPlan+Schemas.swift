import Diagnostics
import Registry

extension SinkPlan {
    /// Registers the schemas of what the sink writes to a topic, where its formats have some, and puts their
    /// ids into the topic.
    ///
    /// - Throws: what the registry answers, such as that a schema does not go with the one before.
    public func registerSchemas(
        of topic: inout TopicProperties, in registry: any SchemaDirectory
    ) throws(Diagnostic) {
        let analyzer = SchemaAnalyzer(
            registry: registry, properties: properties, statement: properties.statement)
        try analyzer.registerWritten(from, &topic)
    }
}
