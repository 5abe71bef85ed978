import Formats
import Foundation
import Testing

@testable import Server

/// Queries, pull and push, and inserts.
@Suite("Queries over REST")
struct QueryEndpointTests {
    private let running: RunningServer

    init() throws {
        running = try RunningServer()
        let (status, body) = try running.ksql(
            """
            SET 'auto.offset.reset' = 'earliest';
            CREATE STREAM clicks (id STRING KEY, product STRING, price DECIMAL(9, 2))
              WITH (kafka_topic='clicks', value_format='JSON', partitions=1);
            CREATE TABLE totals AS
              SELECT product, COUNT(*) AS n, SUM(price) AS total FROM clicks GROUP BY product;
            INSERT INTO clicks (id, product, price) VALUES ('1', 'shoe', 20.00);
            INSERT INTO clicks (id, product, price) VALUES ('2', 'hat', 7.50);
            INSERT INTO clicks (id, product, price) VALUES ('3', 'shoe', 30.25);
            """)
        #expect(status == 200, "\(body.text)")
        // INSERT … VALUES and SET are answered with nothing.
        #expect(body.array?.count == 2)
    }

    private let pull = "SELECT * FROM totals WHERE product = 'shoe';"

    private func waitForTotals() throws {
        _ = try running.wait(for: "the table's row", "/query-stream", ["sql": .string(pull)]) {
            $0.contains("[\"shoe\",2,50.25]")
        }
    }

    @Test func aPullQueryIsAnsweredInEachForm() throws {
        try waitForTotals()
        let lines = try running.post("/query-stream", ["sql": .string(pull)])
        #expect(lines.headers["content-type"] == "application/vnd.ksqlapi.delimited.v1")
        let parts = lines.body.split(separator: "\n").map(String.init)
        let header = try JSONValue(parsing: parts[0])
        #expect(header["columnNames"] == ["PRODUCT", "N", "TOTAL"])
        #expect(header["columnTypes"] == ["STRING", "BIGINT", "DECIMAL(9, 2)"])
        #expect(header["queryId"]?.string?.isEmpty == false)
        #expect(parts.dropFirst() == ["[\"shoe\",2,50.25]"])

        let accept = ["Accept": "application/json"]
        let whole = try running.post("/query-stream", ["sql": .string(pull)], headers: accept)
        #expect(whole.headers["content-type"] == "application/json")
        #expect(try JSONValue(parsing: whole.body)[1] == ["shoe", 2, .number("50.25")])

        let old = try running.post("/query", ["ksql": .string(pull)])
        let objects = try JSONValue(parsing: old.body)
        #expect(
            objects[0]?["header"]?["schema"] == "`PRODUCT` STRING KEY, `N` BIGINT, `TOTAL` DECIMAL(9, 2)")
        #expect(objects[1] == ["row": ["columns": ["shoe", 2, .number("50.25")]]])
        #expect(objects.array?.count == 2)
    }

    @Test func aPushQueryStreamsUntilItsLimit() throws {
        let body: JSONValue = [
            "sql": "SELECT id, price FROM clicks EMIT CHANGES LIMIT 2;",
            "properties": ["auto.offset.reset": "earliest"],
        ]
        let lines = try running.post("/query-stream", body).body.split(separator: "\n").map(String.init)
        #expect(lines.dropFirst() == ["[\"1\",20.00]", "[\"2\",7.50]"])

        let old: JSONValue = [
            "ksql": "SELECT id, price FROM clicks EMIT CHANGES LIMIT 2;",
            "streamsProperties": ["ksql.streams.auto.offset.reset": "earliest"],
        ]
        let objects = try JSONValue(parsing: try running.post("/query", old).body)
        #expect(objects.array?.count == 4)
        #expect(objects[2] == ["row": ["columns": ["2", .number("7.50")]]])
        #expect(objects[3] == ["finalMessage": "Limit Reached"])

        let accept = ["Accept": "application/json"]
        let array = try JSONValue(parsing: try running.post("/query-stream", body, headers: accept).body)
        #expect(array.array?.count == 3)
    }

    @Test func rowsComeAtOnceAndEndWithTheClient() throws {
        let client = try running.open(
            "POST", "/query", #"{"ksql": "SELECT id FROM clicks EMIT CHANGES;"}"#)
        #expect(client.head().status == 200)
        let header = try #require(client.line())
        #expect(header.hasPrefix("[{\"header\":{\"queryId\":\""))
        #expect(header.hasSuffix("},"))
        #expect(running.engine.snapshot.pushQueries.count == 1)
        #expect(try running.ksql("SHOW QUERIES;").body[0]?["queries"]?[1]?["queryType"] == "PUSH")
        try running.ksql("INSERT INTO clicks (id) VALUES ('4');")
        #expect(client.line() == "{\"row\":{\"columns\":[\"4\"]}},")
        try running.ksql("INSERT INTO clicks (id) VALUES ('5');")
        #expect(client.line() == "{\"row\":{\"columns\":[\"5\"]}},")
        client.leave()
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end, !running.engine.snapshot.pushQueries.isEmpty { usleep(20_000) }
        #expect(running.engine.snapshot.pushQueries.isEmpty)
    }

    @Test func aPushQueryIsClosedByItsId() throws {
        let client = try running.open(
            "POST", "/query-stream", #"{"sql": "SELECT id FROM clicks EMIT CHANGES;"}"#)
        #expect(client.head().status == 200)
        let header = try JSONValue(parsing: try #require(client.line()))
        let id = try #require(header["queryId"])
        #expect(try running.post("/close-query", ["queryId": id]).status == 200)
        #expect(client.line() == nil)
        let again = try running.post("/close-query", ["queryId": id])
        #expect(again.status == 400)
        #expect(try JSONValue(parsing: again.body)["@type"] == "generic_error")
    }

    @Test func aPushQueryIsTerminatedByStatement() throws {
        let client = try running.open("POST", "/query", #"{"ksql": "SELECT id FROM clicks EMIT CHANGES;"}"#)
        #expect(client.head().status == 200)
        _ = client.line()
        let id = try #require(running.engine.snapshot.pushQueries.first?.id)
        let entity = try running.ksql("TERMINATE `\(id)`;").body[0]
        #expect(entity?["wasTerminated"] == true)
        #expect(client.line() == "{\"finalMessage\":\"Query terminated\"}]")
        #expect(client.line() == nil)
    }

    @Test func rowsOfATableThatGoAreTombstones() throws {
        try running.ksql(
            """
            CREATE TABLE prices (product STRING PRIMARY KEY, price INT)
              WITH (kafka_topic='prices', value_format='JSON', partitions=1);
            INSERT INTO prices (product, price) VALUES ('hat', 3);
            """)
        let client = try running.open("POST", "/query", #"{"ksql": "SELECT * FROM prices EMIT CHANGES;"}"#)
        #expect(client.head().status == 200)
        _ = client.line()
        #expect(client.line() == "{\"row\":{\"columns\":[\"hat\",3]}},")
    }

    @Test func aBadQueryIsAStatementError() throws {
        for path in ["/query", "/query-stream"] {
            let response = try running.post(path, ["ksql": "SELECT prise FROM clicks EMIT CHANGES;"])
            #expect(response.status == 400)
            let error = try JSONValue(parsing: response.body)
            #expect(error["@type"] == "statement_error")
            #expect(error["error_code"] == 40001)
            #expect(error["statementText"] == "SELECT prise FROM clicks EMIT CHANGES;")
            #expect(error["line"] == 1)
            #expect(error["column"] == 8)
            #expect(error["offending"] == "prise")
            #expect(error["message"]?.string?.contains("       ^^^^^") == true)
            #expect(error["hint"]?.string?.contains("PRICE") == true)
        }
        #expect(try running.post("/query", ["ksql": "SHOW STREAMS;"]).status == 400)
        let accept = ["Accept": "text/csv"]
        #expect(try running.post("/query-stream", ["sql": .string(pull)], headers: accept).status == 406)
    }

    @Test func printIsLinesOfText() throws {
        let response = try running.post("/query", ["ksql": "PRINT clicks FROM BEGINNING LIMIT 2;"])
        #expect(response.status == 200)
        #expect(response.headers["content-type"]?.hasPrefix("text/plain") == true)
        #expect(response.body.contains("shoe"))
        #expect(response.body.contains("hat"))
        #expect(!response.body.contains("30.25"))
    }

    @Test func insertsAreAcknowledgedOneByOne() throws {
        let body = """
            {"target": "CLICKS"}
            {"ID": "7", "PRODUCT": "sock", "PRICE": 1.25}
            {"ID": "8", "PRODUCT": "sock", "PRICE": "much"}
            no object
            {"ID": "9", "PRODUCT": "sock", "PRICE": 2}
            """
        let response = try running.open("POST", "/inserts-stream", body).response()
        #expect(response.status == 200)
        #expect(response.headers["content-type"] == "application/vnd.ksqlapi.delimited.v1")
        let acks = try response.body.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(acks.count == 4)
        #expect(acks[0] == ["status": "ok", "seq": 0])
        #expect(acks[1]["status"] == "error")
        #expect(acks[1]["seq"] == 1)
        #expect(acks[2]["error_code"]?.int != nil)
        #expect(acks[3] == ["status": "ok", "seq": 3])
        _ = try running.wait(
            for: "both rows", "/query", ["ksql": "SELECT * FROM totals WHERE product = 'sock';"]
        ) { $0.contains("[\"sock\",2,3.25]") }

        let array = try running.open(
            "POST", "/inserts-stream", "{\"target\": \"CLICKS\"}\n{\"ID\": \"10\"}\n",
            headers: ["Accept": "application/json"]
        ).response()
        #expect(try JSONValue(parsing: array.body) == [["status": "ok", "seq": 0]])
        let nowhere = try running.open("POST", "/inserts-stream", "{\"target\": \"NOWHERE\"}\n{}").response()
        #expect(nowhere.status == 400)
    }

    @Test func variablesOfTheSessionStandInStatements() throws {
        try waitForTotals()
        let body: JSONValue = [
            "sql": "SELECT n FROM totals WHERE product = '${what}';", "sessionVariables": ["what": "hat"],
        ]
        #expect(try running.post("/query-stream", body).body.hasSuffix("[1]\n"))
    }

    @Test func aPullQueryOfAStreamSaysThatItIsWhole() throws {
        let body: JSONValue = ["ksql": "SELECT id FROM clicks;"]
        let answer = try JSONValue(parsing: try running.post("/query", body).body)
        #expect(answer.array?.last == ["finalMessage": "Query Completed"])
        let limited: JSONValue = ["ksql": "SELECT id FROM clicks LIMIT 1;"]
        let first = try JSONValue(parsing: try running.post("/query", limited).body)
        #expect(first.array?.last == ["finalMessage": "Limit Reached"])
        #expect(first.array?.count == 3)
    }
}
