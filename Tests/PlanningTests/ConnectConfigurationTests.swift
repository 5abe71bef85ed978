import Diagnostics
import Language
import Registry
import Testing

@testable import Planning

/// Kafka Connect's configurations, as its users write them, over relations with topics.
@Suite struct ConnectConfigurationTests {
    /// A table whose Avro lives in a topic of another name, and streams of the other formats.
    private static let statements = """
        CREATE STREAM events_stream (session_id STRING, user_id STRING, price DOUBLE) WITH (
          kafka_topic = 'ecommerce.events', value_format = 'JSON');
        CREATE TABLE session_stats WITH (kafka_topic = 'session_stats_avro', value_format = 'AVRO') AS
          SELECT session_id, COUNT(*) AS events_count, SUM(price) AS cart_value
          FROM events_stream GROUP BY session_id;
        CREATE STREAM orders (id BIGINT KEY, product STRING) WITH (kafka_topic = 'orders', format = 'AVRO');
        CREATE STREAM orders_us (id BIGINT KEY, product STRING) WITH (
          kafka_topic = 'orders_us', key_format = 'KAFKA', value_format = 'JSON_SR');
        CREATE STREAM twice_a (a INT) WITH (kafka_topic = 'twice', value_format = 'JSON');
        CREATE STREAM twice_b (a INT) WITH (kafka_topic = 'twice', value_format = 'JSON');
        """

    private func plan(_ configuration: String, file: String = "sink.json") throws -> PipelinePlan {
        var planner = PipelinePlanner(registry: SchemaRegistry())
        var reader = ScriptReader(Self.statements)
        while let statement = try reader.next() { try planner.add(statement) }
        try planner.add(try ConnectConfiguration(parsing: configuration, file: file).statement)
        return planner.plan
    }

    private static func sink(_ more: String, topics: String = "session_stats_avro") -> String {
        """
        {"name": "jdbc-sink", "config": {
          "connector.class": "io.confluent.connect.jdbc.JdbcSinkConnector", "topics": "\(topics)",
          "connection.url": "jdbc:postgresql://db:5432/shop"\(more.isEmpty ? "" : ",\n  " + more)}}
        """
    }

    @Test func aWholeConfigurationIsUnderstoodAsItIs() throws {
        let plan = try plan(
            """
            {
              "name": "session-stats-postgres-sink",
              "config": {
                "connector.class": "io.confluent.connect.jdbc.JdbcSinkConnector",
                "tasks.max": "1",
                "topics": "session_stats_avro",
                "connection.url": "jdbc:postgresql://postgres:5432/ecommerce",
                "connection.user": "app",
                "connection.password": "secret",
                "key.converter": "org.apache.kafka.connect.storage.StringConverter",
                "value.converter": "io.confluent.connect.avro.AvroConverter",
                "value.converter.schema.registry.url": "http://schema-registry:8081",
                "value.converter.basic.auth.credentials.source": "USER_INFO",
                "value.converter.basic.auth.user.info": "user:secret",
                "insert.mode": "upsert",
                "pk.mode": "record_key",
                "pk.fields": "SESSION_ID",
                "table.name.format": "session_stats",
                "auto.create": "true",
                "auto.evolve": true,
                "delete.enabled": "true",
                "batch.size": 3000,
                "max.retries": 10,
                "retry.backoff.ms": "3000",
                "db.timezone": "UTC",
                "quote.sql.identifiers": "always",
                "dialect.name": "PostgreSqlDatabaseDialect",
                "table.types": "TABLE",
                "errors.tolerance": "all",
                "errors.deadletterqueue.topic.name": "dlq",
                "errors.deadletterqueue.context.headers.enable": "true",
                "consumer.override.max.poll.records": "3000",
                "consumer.override.auto.offset.reset": "earliest"
              }
            }
            """)
        let sink = try #require(plan.sinks.first)
        #expect(sink.name == "session-stats-postgres-sink")
        #expect(sink.from.name == "SESSION_STATS")
        #expect(sink.connectorClass == ConnectClass.jdbcSink)
        #expect(sink.properties.text("batch.size") == "3000")
        let note = try #require(plan.connectorNotes.first)
        for name in ["tasks.max", "errors.tolerance", "consumer.override.max.poll.records", "max.retries"] {
            #expect(note.contains(name))
        }
        #expect(!note.contains("insert.mode") && !note.contains("value.converter,"))
    }

    @Test func aFlatConfigurationIsNamedByItselfOrByItsFile() throws {
        let flat = """
            {"connector.class": "JdbcSinkConnector", "topics": "orders", "connection.url": "postgresql://db/x"}
            """
        #expect(try plan(flat, file: "conf/orders-sink.json").sinks.first?.name == "orders-sink")
        let named = flat.replacing("{", with: "{\"name\": \"here\", ")
        #expect(try plan(named).sinks.first?.name == "here")
    }

    @Test func severalTopicsAreSeveralSinksOfOneConnector() throws {
        let listed = try plan(Self.sink("", topics: "orders, orders_us")).sinks
        #expect(listed.map(\.name) == ["jdbc-sink.orders", "jdbc-sink.orders_us"])
        #expect(listed.map(\.connector) == ["jdbc-sink", "jdbc-sink"])
        #expect(listed.map(\.from.name) == ["ORDERS", "ORDERS_US"])
        let pattern = Self.sink("").replacing(
            "\"topics\": \"session_stats_avro\"", with: "\"topics.regex\": \"orders.*\"")
        #expect(try plan(pattern).sinks.map(\.from.name) == ["ORDERS", "ORDERS_US"])
    }

    /// Configurations that can't be, each with what is said of it.
    @Test(arguments: [
        ("\"insert.mod\": \"upsert\"", "has no property 'insert.mod'", "did you mean 'insert.mode'?"),
        ("\"pk_mode\": \"none\"", "has no property 'pk_mode'", "did you mean 'pk.mode'?"),
        (
            "\"errors.tolerence\": \"all\"", "has no property 'errors.tolerence'",
            "did you mean 'errors.tolerance'?"
        ),
        (
            "\"value.converter.schema.registry.uri\": \"http://x\"",
            "has no property 'value.converter.schema.registry.uri'",
            "did you mean 'value.converter.schema.registry.url'?"
        ),
        ("\"something.else\": \"1\"", "has no property 'something.else'", "remove it"),
        (
            "\"value.converter\": \"org.apache.kafka.connect.json.JsonConverter\"",
            "the values of SESSION_STATS are AVRO", "or leave it out"
        ),
        (
            "\"key.converter\": \"io.confluent.connect.avro.AvroConverter\"",
            "the keys of SESSION_STATS are STRING in the format KAFKA", "or leave it out"
        ),
        (
            "\"key.converter\": \"org.apache.kafka.connect.converters.LongConverter\"",
            "the keys of SESSION_STATS are STRING", "or leave it out"
        ),
        (
            "\"value.converter\": \"io.confluent.connect.avro.AvroConvertor\"",
            "is no value for the property",
            "did you mean 'io.confluent.connect.avro.AvroConverter'?"
        ),
        ("\"db.timezone\": \"Europe/Berlin\"", "'Europe/Berlin' is no value", ""),
        ("\"dialect.name\": \"OracleDatabaseDialect\"", "'OracleDatabaseDialect' is no value", ""),
        ("\"pk.mode\": \"kafka\"", "'kafka' is no value", "coordinates"),
        ("\"consumer.override.auto.offset.reset\": \"latest\"", "'latest' is no value", ""),
        ("\"topics.regex\": \"a.*\"", "has both 'topics' and 'topics.regex'", ""),
    ])
    func whatCannotBeIsRefused(more: String, message: String, hint: String) throws {
        let fault = try #require(
            #expect(throws: Diagnostic.self) { try plan(Self.sink(more)) }, "\(more)")
        #expect(fault.message.contains(message), "\(fault.message)")
        #expect(hint.isEmpty || fault.hint?.contains(hint) == true, "\(fault.hint ?? "no hint")")
        #expect(fault.location?.file == "sink.json")
        #expect(fault.location?.line == 4, "it points at the setting")
    }

    @Test func topicsAreThoseOfRelations() throws {
        let slip = #expect(throws: Diagnostic.self) { try plan(Self.sink("", topics: "session_stats_avr")) }
        #expect(slip?.message == "no stream or table has the topic session_stats_avr")
        #expect(slip?.hint == "did you mean session_stats_avro?")
        let twice = #expect(throws: Diagnostic.self) { try plan(Self.sink("", topics: "twice")) }
        #expect(twice?.message == "the topic twice is that of TWICE_A and TWICE_B")
        let meant = try plan(Self.sink("\"from\": \"twice_b\"", topics: "twice"))
        #expect(meant.sinks.map(\.from.name) == ["TWICE_B"])
        // A relation goes by its name where no topic has that.
        #expect(try plan(Self.sink("", topics: "session_stats")).sinks.map(\.from.name) == ["SESSION_STATS"])
    }

    @Test func plainJSONIsReadWithoutEnvelopes() throws {
        let json = "\"value.converter\": \"org.apache.kafka.connect.json.JsonConverter\""
        let topic = "ecommerce.events"
        let silent = #expect(throws: Diagnostic.self) { try plan(Self.sink(json, topics: topic)) }
        #expect(silent?.hint?.contains("add 'value.converter.schemas.enable' = 'false'") == true)
        let off = json + ", \"value.converter.schemas.enable\": \"false\""
        #expect(try plan(Self.sink(off, topics: topic)).sinks.count == 1)
        let on = json + ", \"value.converter.schemas.enable\": true"
        let given = #expect(throws: Diagnostic.self) { try plan(Self.sink(on, topics: topic)) }
        #expect(given?.hint == "set 'value.converter.schemas.enable' to 'false'")
    }

    private static let package = "org.apache.kafka.connect.transforms."

    /// The record of a configuration with transforms: topic, key, value.
    private func record(_ more: String, topic: String = "session_stats_avro") throws -> String {
        let sink = try #require(try plan(Self.sink(more, topics: topic)).sinks.first)
        let record = try #require(try sink.connect?.record(of: sink.from, sink.properties))
        let key = record.key.map(\.name).joined(separator: ",")
        let shown = record.hasBareKey ? "(\(key))" : key
        return "\(record.topic) \(shown) \(record.value.map(\.name).joined(separator: ","))"
            + (record.passesDeletions ? "" : " kept")
    }

    @Test(arguments: [
        ("", "session_stats_avro (SESSION_ID) EVENTS_COUNT,CART_VALUE"),
        ("type: ReplaceField$Value, exclude: CART_VALUE", "session_stats_avro (SESSION_ID) EVENTS_COUNT"),
        (
            "type: ReplaceField$Value, include: cart_value, renames: cart_value:cart",
            "session_stats_avro (SESSION_ID) cart"
        ),
        ("type: ValueToKey, fields: CART_VALUE", "session_stats_avro CART_VALUE EVENTS_COUNT,CART_VALUE"),
        ("type: HoistField$Key, field: id", "session_stats_avro id EVENTS_COUNT,CART_VALUE"),
        (
            "type: InsertField$Value, static.field: shop, static.value: main",
            "session_stats_avro (SESSION_ID) EVENTS_COUNT,CART_VALUE,shop"
        ),
        (
            "type: InsertField$Value, timestamp.field: at",
            "session_stats_avro (SESSION_ID) EVENTS_COUNT,CART_VALUE,at"
        ),
        (
            "type: RegexRouter, regex: (.*)_avro, replacement: pg_$1",
            "pg_session_stats (SESSION_ID) EVENTS_COUNT,CART_VALUE"
        ),
        (
            "type: RegexRouter, regex: other, replacement: x",
            "session_stats_avro (SESSION_ID) EVENTS_COUNT,CART_VALUE"
        ),
        ("type: DropHeaders, headers: a", "session_stats_avro (SESSION_ID) EVENTS_COUNT,CART_VALUE"),
    ])
    func aTransformChangesTheShapeOfRecords(transform: String, expected: String) throws {
        var more = "\"transforms\": \"\(transform.isEmpty ? "" : "t")\""
        for setting in transform.split(separator: ", ") {
            let parts = setting.split(separator: ": ", maxSplits: 1).map(String.init)
            let value = parts[0] == "type" ? Self.package + parts[1] : parts[1]
            more += ", \"transforms.t.\(parts[0])\": \"\(value)\""
        }
        #expect(try record(more) == expected)
    }

    @Test func predicatesChooseRecords() throws {
        func more(_ predicate: String, _ transform: String, negate: Bool = false) -> String {
            """
            "transforms": "t", "transforms.t.type": "\(Self.package)\(transform)",
            "transforms.t.predicate": "p", "transforms.t.negate": \(negate), "transforms.t.field": "id",
            "predicates": "p", "predicates.p.type": "\(Self.package)predicates.\(predicate)"
            """
        }
        let plain = "session_stats_avro (SESSION_ID) EVENTS_COUNT,CART_VALUE"
        let filter = more("RecordIsTombstone", "Filter").replacing(
            "\"transforms.t.field\": \"id\",", with: "")
        #expect(try record(filter) == plain + " kept")
        let named = more("TopicNameMatches", "HoistField$Key") + ", \"predicates.p.pattern\": \"orders.*\""
        #expect(try record(named) == plain)
        let others = more("TopicNameMatches", "HoistField$Key", negate: true)
        #expect(
            try record(others + ", \"predicates.p.pattern\": \"orders.*\"").contains(" id "))
        #expect(throws: Diagnostic.self) { try record(more("HasHeaderKey", "HoistField$Key")) }
    }

    @Test(arguments: [
        (
            "TimestampConverter$Value",
            "\"transforms.t.field\": \"CART_VALUE\", \"transforms.t.target.type\": \"Timestamp\"",
            "only a BIGINT of milliseconds"
        ),
        ("Cast$Value", "\"transforms.t.spec\": \"a:int32\"", "is not done by connectors here"),
        ("ReplaceField$Values", "\"transforms.t.exclude\": \"a\"", "there is no"),
        ("ReplaceField$Value", "\"transforms.t.exclud\": \"a\"", "has no property 'exclud'"),
        ("ReplaceField$Value", "\"transforms.u.exclude\": \"a\"", "has no transform 'u'"),
        ("ValueToKey", "\"transforms.t.fields\": \"PRICE\"", "the value has no field PRICE"),
        ("ExtractField$Key", "\"transforms.t.field\": \"a\"", "the key is one value already"),
        ("Filter", "\"pk.mode\": \"none\"", "it drops all records"),
        (
            "ValueToKey", "\"transforms.t.fields\": \"CART_VALUE\", \"delete.enabled\": \"true\"",
            "'true' is no value for the property 'delete.enabled'"
        ),
    ])
    func aTransformThatCannotBeIsRefused(type: String, more: String, message: String) throws {
        let fault = try #require(
            #expect(throws: Diagnostic.self) {
                try record(
                    "\"transforms\": \"t\", \"transforms.t.type\": \"\(Self.package)\(type)\", \(more)")
            })
        #expect(fault.message.contains(message), "\(fault.message)")
    }

    @Test func theSameWorksAsAStatement() throws {
        var planner = PipelinePlanner(registry: SchemaRegistry())
        var reader = ScriptReader(
            Self.statements + """
                CREATE SINK CONNECTOR sessions WITH (
                  'connector.class' = 'io.confluent.connect.jdbc.JdbcSinkConnector',
                  'topics' = 'session_stats_avro', 'connection.url' = 'jdbc:postgresql://db/shop',
                  'table.name.format' = 'kafka_$${topic}', 'insert.mode' = 'upsert', 'pk.mode' = 'record_key');
                """)
        while let statement = try reader.next() { try planner.add(statement) }
        let sink = try #require(planner.plan.sinks.first)
        #expect(sink.from.name == "SESSION_STATS")
        #expect(sink.properties.text("table.name.format") == "kafka_${topic}")
    }

    /// A server keeps it so.
    @Test func aConfigurationIsWrittenAsAStatementAndReadAgain() throws {
        let configuration = try ConnectConfiguration(
            parsing: Self.sink("\"table.name.format\": \"it's_${topic}\", \"pk.fields\": \"a`b\""),
            file: "x.json")
        var reader = ScriptReader(finished: configuration.statement.text)
        let again = try #require(try reader.next())
        #expect(again.kind == configuration.statement.kind)
    }

    @Test func secretsAreKnownByTheirNames() {
        for name in [
            "connection.password", "value.converter.basic.auth.user.info",
            "value.converter.bearer.auth.token",
            "key.converter.schema.registry.ssl.key.password", "consumer.override.sasl.jaas.config",
        ] {
            #expect(ConnectSettings.shown(name, "hunter2") == "******", "\(name)")
        }
        for name in ["value.converter.basic.auth.credentials.source", "pk.fields", "connection.user"] {
            #expect(ConnectSettings.shown(name, "USER_INFO") == "USER_INFO", "\(name)")
        }
        #expect(ConnectSettings.shown("connection.password", "${env:PG}") == "${env:PG}")
        #expect(!ConnectSettings.shown("connection.url", "postgresql://a:hunter2@db/x").contains("hunter2"))
    }

    @Test func whatIsNoConfigurationIsToldWithItsPlace() throws {
        for (text, message) in [
            ("[1]", "the connector's configuration is a list"),
            ("{\"name\": \"x\", \"config\": {\"topics\": [\"a\"]}}", "the setting \"topics\" is a list"),
            ("{\"name\": \"x\", \"conf\": {}}", "the setting \"conf\" is an object"),
            ("{", "the connector's configuration is no JSON"),
            ("{\"name\": \"../x\", \"connector.class\": \"delta\"}", "'../x' is no name for a connector"),
        ] {
            let fault = #expect(throws: Diagnostic.self) { try plan(text) }
            #expect(fault?.message.hasPrefix(message) == true, "\(fault?.message ?? "")")
            #expect(fault?.location?.file == "sink.json")
        }
    }
}
