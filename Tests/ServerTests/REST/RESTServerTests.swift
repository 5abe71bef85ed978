import Formats
import Foundation
import Testing

@testable import Server

/// The endpoints beside `/ksql` and the queries.
@Suite("REST")
struct RESTServerTests {
    private let running: RunningServer

    init() throws { running = try RunningServer() }

    private func json(_ path: String) throws -> JSONValue {
        let response = try running.get(path)
        #expect(response.status == 200)
        return try JSONValue(parsing: response.body)
    }

    @Test func rootLeadsToTheServersInformation() throws {
        let response = try running.get("/")
        #expect(response.status == 307)
        #expect(response.headers["location"] == "/info")
        let info = try json("/info")["KsqlServerInfo"]
        #expect(info?["version"] == "0.1.0")
        #expect(info?["ksqlServiceId"] == "default_")
        #expect(info?["serverStatus"] == "RUNNING")
        #expect(info?["kafkaClusterId"]?.string != nil)
    }

    @Test func jsonHasTheTypeThatTheClientNames() throws {
        #expect(try running.get("/info").headers["content-type"] == "application/json")
        let asked = ["Accept": "application/vnd.ksql.v1+json"]
        let answer = try running.get("/info", headers: asked)
        #expect(answer.headers["content-type"] == "application/vnd.ksql.v1+json")
    }

    @Test func healthHasItsThreeParts() throws {
        let health = try json("/healthcheck")
        #expect(health["isHealthy"] == true)
        for part in ["metastore", "kafka", "commandRunner"] {
            #expect(health["details"]?[part]?["isHealthy"] == true)
        }
    }

    @Test func metadataNamesTheCluster() throws {
        #expect(try json("/v1/metadata")["clusterId"]?["scope"]?["clusters"]?["ksql-cluster"] == "default_")
        #expect(try json("/v1/metadata/id")["scope"]?["clusters"]?["ksql-cluster"] == "default_")
        #expect(try json("/clusterStatus")["clusterStatus"]?.members?.first?.value["hostAlive"] == true)
    }

    @Test func statusesTellHowStatementsEnded() throws {
        try running.ksql("CREATE STREAM s (a INT) WITH (kafka_topic='s', value_format='JSON', partitions=1);")
        #expect(try json("/status")["commandStatuses"]?["stream/`S`/create"] == "SUCCESS")
        let status = try json("/status/stream/S/create")
        #expect(status["status"] == "SUCCESS")
        #expect(status["message"] == "Stream created")
        #expect(try json("/status/stream/%60S%60/create") == status)
        let unknown = try running.get("/status/stream/T/create")
        #expect(unknown.status == 404)
        #expect(try JSONValue(parsing: unknown.body)["@type"] == "generic_error")
    }

    @Test func whatIsNoEndpointIsAnError() throws {
        let unknown = try running.get("/nothing")
        #expect(unknown.status == 404)
        #expect(try JSONValue(parsing: unknown.body)["error_code"] == 40400)
        let wrong = try running.get("/ksql")
        #expect(wrong.status == 405)
        #expect(try JSONValue(parsing: wrong.body)["error_code"] == 40500)
        let noJSON = try running.open("POST", "/ksql", "ksql=SHOW STREAMS").response()
        #expect(noJSON.status == 400)
        #expect(try JSONValue(parsing: noJSON.body)["error_code"] == 40000)
        let noStatement = try running.post("/ksql", ["kql": "SHOW STREAMS;"])
        #expect(noStatement.status == 400)
    }

    @Test func webSocketsAreRefusedWithAWayOn() throws {
        let response = try running.get(
            "/ws/query", headers: ["Upgrade": "websocket", "Connection": "Upgrade"])
        #expect(response.status == 404)
        let error = try JSONValue(parsing: response.body)
        #expect(error["error_code"] == 40400)
        #expect(error["message"]?.string?.contains("/query-stream") == true)
    }

    @Test func anUnknownQueryIsToldTheIdsThatThereAre() throws {
        let (_, made) = try running.ksql(
            """
            CREATE STREAM s (a INT) WITH (kafka_topic='s', value_format='JSON', partitions=1);
            CREATE STREAM t AS SELECT * FROM s;
            """)
        let id = try #require(made[1]?["commandStatus"]?["queryId"]?.string)
        for statement in ["EXPLAIN csas_nothing;", "TERMINATE csas_nothing;", "PAUSE csas_nothing;"] {
            let (status, error) = try running.ksql(statement)
            #expect(status == 400)
            #expect(error["expected"]?.string == "one of \(id)", "\(statement)")
        }
    }

    @Test func deadLettersAreCountedByReason() throws {
        try running.ksql(
            """
            SET 'auto.offset.reset' = 'earliest';
            CREATE STREAM raw (line STRING) WITH (kafka_topic='s', value_format='KAFKA', partitions=1);
            CREATE STREAM s (a INT) WITH (kafka_topic='s', value_format='JSON');
            CREATE STREAM t AS SELECT * FROM s;
            INSERT INTO raw (line) VALUES ('{"A": 1}');
            INSERT INTO raw (line) VALUES ('no object');
            INSERT INTO raw (line) VALUES ('{"A": ');
            """)
        let end = ContinuousClock.now + .seconds(60)
        var counts: [Substring] = []
        while ContinuousClock.now < end, counts.isEmpty {
            counts = try running.get("/metrics").body.split(separator: "\n").filter {
                $0.hasPrefix("millrace_query_dead_letter_reasons_total{")
                    && $0.hasSuffix("reason=\"malformed_json\"} 2")
            }
            usleep(20_000)
        }
        #expect(counts.count == 1)
    }

    @Test func propertiesOfTheServerAreNotForRequests() throws {
        #expect(try running.get("/is_valid_property/auto.offset.reset").body == "true")
        #expect(try running.get("/is_valid_property/ksql.service.id").status == 400)
        let (_, body) = try running.ksql(
            "SET 'auto.offset.reset' = 'earliest'; SHOW PROPERTIES;",
            properties: ["ksql.functions.collect_list.limit": 5])
        let list = body[0]
        #expect(list?["@type"] == "properties")
        #expect(
            list?["overwrittenProperties"] == ["auto.offset.reset", "ksql.functions.collect_list.limit"])
        let found = list?["properties"]?.array?.first { $0["name"] == "auto.offset.reset" }
        #expect(
            found == [
                "name": "auto.offset.reset", "scope": "KSQL", "value": "earliest", "editable": true,
                "level": "QUERY",
            ])
    }

    @Test func aStatementThatHasNotComeIsWaitedForInVain() throws {
        let body: JSONValue = ["ksql": "SHOW STREAMS;", "commandSequenceNumber": 99]
        let response = try running.post("/ksql", body)
        #expect(response.status == 503)
        #expect(try JSONValue(parsing: response.body)["error_code"] == 50301)
        #expect(
            try running.post("/ksql", ["ksql": "SHOW STREAMS;", "commandSequenceNumber": -1]).status == 200)
    }

    @Test func functionsAreListedByKind() throws {
        let functions = try running.ksql("SHOW FUNCTIONS;").body[0]?["functions"]?.array ?? []
        #expect(functions.count > 140)
        let kinds = Dictionary(grouping: functions) { $0["type"]?.string ?? "" }
        #expect(Set(kinds.keys) == ["SCALAR", "AGGREGATE", "TABLE"])
    }

    @Test func metricsAreLinesForPrometheus() throws {
        try running.ksql(
            """
            CREATE STREAM s (a INT) WITH (kafka_topic='s', value_format='JSON', partitions=1);
            CREATE STREAM t AS SELECT * FROM s;
            """)
        let response = try running.get("/metrics")
        #expect(response.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        let lines = response.body.split(separator: "\n")
        let sample = #/^[a-z_]+(\{([a-z]+="[^"]*",?)*\})? -?[0-9.e+-]+$/#
        #expect(lines.allSatisfy { $0.hasPrefix("# ") || $0.wholeMatch(of: sample) != nil })
        #expect(lines.contains { $0 == "millrace_topic_records{topic=\"s\",partition=\"0\"} 0" })
        #expect(lines.contains { $0.hasPrefix("millrace_query_state{query=\"CSAS_T_") })
        #expect(lines.contains { $0 == "millrace_request_seconds_count{kind=\"statement\"} 1" })
        let memory = lines.first { $0.hasPrefix("process_resident_memory_bytes ") }
        #expect((memory?.split(separator: " ").last.flatMap { Int($0) } ?? 0) > 1_000_000)
    }

    @Test func withUsersNobodyElseIsLetIn() throws {
        let closed = try RunningServer(users: ["ada": "1815:secret"])
        defer { closed.stop() }
        let nobody = try closed.get("/info")
        #expect(nobody.status == 401)
        #expect(nobody.headers["www-authenticate"] == "Basic realm=\"millrace\"")
        #expect(try JSONValue(parsing: nobody.body)["error_code"] == 40100)
        for (text, status) in [("ada:1815:secret", 200), ("ada:1815:secre", 401), ("ada:", 401)] {
            let header = ["Authorization": "Basic " + Data(text.utf8).base64EncodedString()]
            #expect(try closed.get("/info", headers: header).status == status)
        }
    }

    @Test func terminateDropsAllAndEndsTheServer() throws {
        try running.ksql(
            """
            CREATE STREAM s (a INT) WITH (kafka_topic='s', value_format='JSON', partitions=1);
            CREATE STREAM t AS SELECT * FROM s;
            """)
        let response = try running.post("/ksql/terminate", ["deleteTopicList": ["T", "u.*"]])
        #expect(response.status == 200)
        #expect(running.isAskedToEnd)
        let snapshot = running.engine.snapshot
        #expect(snapshot.plan.catalogue.order.isEmpty)
        #expect(snapshot.topics.map(\.name) == ["s"])
    }
}
