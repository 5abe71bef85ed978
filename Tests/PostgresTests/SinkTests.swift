import Diagnostics
import Foundation
import TestKit
import Testing

/// Pipelines into a real server.
@Suite("The PostgreSQL sink", .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct SinkTests {
    static let counts =
        "CREATE TABLE counts AS SELECT user, COUNT(*) AS c, SUM(price) AS total FROM events "
        + "GROUP BY user;\n"

    @Test func aStreamIsAppendedAndATableUpserted() throws {
        let place = try Place()
        let text = Self.counts + Place.sink("raw", from: "events") + Place.sink("sums", from: "counts")
        for part in 0..<2 {
            try place.deliver(
                (0..<1000).map { Place.line(part * 1000 + $0, user: $0 % 10, price: "0.10") },
                as: "\(part).json")
            try place.run(text)
        }
        #expect(
            try place.sql("SELECT count(*), count(DISTINCT id), sum(price) FROM events") == "2000|2000|200.00"
        )
        #expect(
            try place.sql("SELECT count(*), min(c), max(c), min(total), max(total) FROM counts")
                == "10|200|200|20.00|20.00")
        #expect(try place.sql("SELECT count(*), min(epoch) > 2 FROM millrace_epochs") == "2|t")
    }

    @Test func aRowThatLeavesATableIsDeleted() throws {
        let place = try Place()
        let text =
            "CREATE TABLE few AS SELECT user, COUNT(*) AS c FROM events GROUP BY user HAVING COUNT(*) < 3;\n"
            + Place.sink("few_rows", from: "few")
        try place.deliver([1, 1, 2].enumerated().map { Place.line($0.0, user: $0.1) }, as: "a.json")
        try place.run(text)
        #expect(try place.sql("SELECT user, c FROM few ORDER BY 1".quotedUser) == "u1|2\nu2|1")
        try place.deliver([Place.line(3, user: 1)], as: "b.json")
        try place.run(text)
        #expect(try place.sql("SELECT user, c FROM few ORDER BY 1".quotedUser) == "u2|1")
    }

    @Test func windowsArePartOfTheKey() throws {
        let place = try Place()
        try place.deliver((0..<10).map { Place.line($0, user: $0 % 2) }, as: "a.json")
        try place.run(
            "CREATE TABLE hours AS SELECT user, COUNT(*) AS c FROM events WINDOW TUMBLING (SIZE 1 HOUR) "
                + "GROUP BY user;\n" + Place.sink("h", from: "hours"))
        #expect(
            try place.sql(
                "SELECT \"user\", sum(c), min(window_end - window_start) FROM hours GROUP BY 1 ORDER BY 1")
                == "u0|5|01:00:00\nu1|5|01:00:00")
    }

    @Test func aStreamIsUpsertedByFieldsAndTheLastRowCounts() throws {
        let place = try Place()
        try place.deliver((0..<500).map { Place.line($0 % 50, n: $0) }, as: "a.json")
        let options =
            "'insert.mode' = 'upsert', 'pk.fields' = 'id', 'pk.mode' = 'record_value', "
            + "'auto.create' = 'true', 'batch.size' = '7', 'fields.whitelist' = 'n', "
            + "'table.name.format' = 'latest'"
        try place.run(Place.sink("latest_rows", from: "events", options))
        #expect(try place.sql("SELECT count(*), min(n), max(n), sum(n) FROM latest") == "50|450|499|23725")
        #expect(
            try place.sql(
                "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute "
                    + "WHERE attrelid = 'latest'::regclass AND attnum > 0") == "id,n")
    }

    @Test func updatesAddNothing() throws {
        let place = try Place()
        try place.sql(
            "CREATE TABLE events (id text PRIMARY KEY, n int); INSERT INTO events VALUES ('e3', -1)")
        try place.deliver((0..<10).map { Place.line($0, n: $0) }, as: "a.json")
        try place.run(
            Place.sink(
                "u", from: "events", "'insert.mode' = 'update', 'pk.fields' = 'id', 'fields.whitelist' = 'n'")
        )
        #expect(try place.sql("SELECT id, n FROM events") == "e3|3")
    }

    @Test func missingColumnsAreAddedWhereAsked() throws {
        let place = try Place()
        try place.sql("CREATE TABLE events (id text, extra int DEFAULT 5)")
        try place.deliver([Place.line(1, n: 9)], as: "a.json")
        let fault = #expect(throws: Diagnostic.self) { try place.run(Place.sink("s", from: "events", "")) }
        #expect(fault?.message == "table events has no column \"user\"")
        try place.run(Place.sink("s", from: "events", "'auto.evolve' = 'true'"))
        #expect(try place.sql("SELECT id, extra, n, price FROM events") == "e1|5|9|1.00")
    }

    @Test func aMissingTableIsRefusedWithTheStatementThatMakesIt() throws {
        let place = try Place()
        try place.deliver([Place.line(1)], as: "a.json")
        let fault = try #require(
            #expect(throws: Diagnostic.self) { try place.run(Place.sink("s", from: "events", "")) })
        #expect(fault.message.hasPrefix("there is no table events at postgresql://app@127.0.0.1:"))
        #expect(fault.hint?.contains("CREATE TABLE IF NOT EXISTS \"events\" (\"id\" text") == true)
        #expect(!fault.rendered().contains(place.server.password))
    }

    @Test func aColumnOfAnotherTypeIsNamed() throws {
        let place = try Place()
        try place.sql("CREATE TABLE events (id text, \"user\" text, price bytea, n int)")
        try place.deliver([Place.line(1)], as: "a.json")
        let fault = #expect(throws: Diagnostic.self) { try place.run(Place.sink("s", from: "events", "")) }
        #expect(
            fault?.message == "column \"price\" of table events is bytea, and a DECIMAL(10, 2) comes for it")
    }

    @Test func upsertsNeedAUniqueIndex() throws {
        let place = try Place()
        try place.sql("CREATE TABLE counts (\"user\" text, c bigint, total numeric)")
        try place.deliver([Place.line(1)], as: "a.json")
        let fault = try #require(
            #expect(throws: Diagnostic.self) {
                try place.run(Self.counts + Place.sink("s", from: "counts", ""))
            })
        #expect(fault.hint == "ALTER TABLE \"counts\" ADD PRIMARY KEY (\"user\")")
    }

    @Test func oneBadRowInTenThousandCostsOneDeadLetter() throws {
        let place = try Place()
        place.epochBytes = 10_000_000
        try place.sql(
            "CREATE TABLE events (id text, \"user\" text, price numeric CHECK (price > 0), n int)")
        try place.deliver(
            (0..<10_000).map { Place.line($0, price: $0 == 7777 ? "-1.00" : "1.00") }, as: "a.json")
        try place.run(Place.sink("s", from: "events", "'dead_letters' = '\(place.folder)/refused'"))
        #expect(
            try place.sql("SELECT count(*), count(*) FILTER (WHERE id = 'e7777') FROM events") == "9999|0")
        let letters = try place.letters(in: place.folder + "/refused")
        try #require(letters.count == 1)
        #expect(letters[0]["code"] as? String == "check_violation")
        #expect(letters[0]["raw"] as? String == "{\"id\":\"e7777\",\"user\":\"u0\",\"price\":-1.00,\"n\":0}")
        #expect((letters[0]["reason"] as? String)?.contains("events_price_check") == true)
        #expect(place.reports.withLock { $0.first?.message }?.contains("refuses 1 row") == true)
    }

    /// Of every kind, alone and side by side, with small pieces and whole ones, straight and through a
    /// temporary table.
    @Test(arguments: 0..<(Place.isFull ? 100 : 6)) func whatTheDatabaseRefusesIsExactlyWhatIsLeftOut(
        seed: Int
    ) throws {
        let place = try Place()
        place.epochBytes = seed % 2 == 0 ? 30_000 : 10_000_000
        var dice = SeededGenerator(seed: UInt64(seed))
        let isUpsert = seed % 3 == 0
        try place.sql(
            """
            CREATE TABLE events (id text\(isUpsert ? " PRIMARY KEY" : ""), "user" varchar(6) NOT NULL,
                price numeric(5,2) CHECK (price >= 0), n smallint)
            """)
        var good = Set<Int>()
        let share = dice.pick([1, 20, 60, 100])
        let lines = (0..<1500).map { id -> String in
            guard dice.below(1000) < share else {
                good.insert(id)
                return Place.line(id)
            }
            switch dice.below(5) {
            case 0: return Place.line(id, price: "-1.00")
            case 1: return Place.line(id, price: "1000.00")
            case 2: return Place.line(id, n: 40_000)
            case 3: return Place.line(id, user: 1_000_000)
            default: return "{\"id\":\"e\(id)\",\"user\":null,\"price\":1,\"n\":1}"
            }
        }
        try place.deliver(lines, as: "a.json")
        let size = dice.pick([1, 10, 333, 65_536])
        try place.run(
            Place.sink(
                "s", from: "events",
                "'batch.size' = '\(size)'"
                    + (isUpsert ? ", 'insert.mode' = 'upsert', 'pk.fields' = 'id'" : "")))
        let found = try place.sql("SELECT id FROM events").split(separator: "\n").map {
            Int($0.dropFirst()) ?? -1
        }
        #expect(found.count == good.count && Set(found) == good, "seed \(seed)")
        #expect(try place.letters().count == 1500 - good.count, "seed \(seed)")
    }

    @Test func duplicatesOfAKeyDoNotFailABatch() throws {
        let place = try Place()
        try place.sql("CREATE TABLE events (id text PRIMARY KEY, \"user\" text, price numeric, n int)")
        try place.deliver((0..<1000).map { Place.line($0 % 900, n: $0) }, as: "a.json")
        try place.run(Place.sink("s", from: "events", ""))
        #expect(try place.sql("SELECT count(*), max(n) FROM events") == "900|899")
        #expect(try place.letters().count == 100)
    }

    /// Constraints that wait for COMMIT could not tell which row it was.
    @Test func deferredConstraintsAreCheckedRowByRow() throws {
        let place = try Place()
        try place.sql(
            "CREATE TABLE users (u text PRIMARY KEY); INSERT INTO users VALUES ('u1'); "
                + "CREATE TABLE events (id text, "
                + "\"user\" text REFERENCES users DEFERRABLE INITIALLY DEFERRED, price numeric, n int)")
        try place.deliver((0..<100).map { Place.line($0, user: $0 == 50 ? 2 : 1) }, as: "a.json")
        try place.run(Place.sink("s", from: "events", ""))
        #expect(try place.sql("SELECT count(*) FROM events") == "99")
        #expect(try place.letters().first?["code"] as? String == "foreign_key_violation")
    }

    @Test func tasksOfOneServiceWriteToOneTable() throws {
        let place = try Place()
        try place.deliver([Place.line(1)], as: "a.json")
        let text = Place.sink("s", from: "events")
        for task in 0..<3 {
            let state = place.folder + "/task-\(task)"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            // The last one is another service's.
            let name = task < 2 ? "0123456789abcdef-\(task)" : "0123456789abcdee-2"
            try Data("\(name) 1 \(task)\n".utf8).write(to: URL(filePath: state + "/instance"))
            if task < 2 {
                try place.run(text, state: state)
                // It knows its own epochs.
                try place.run(text, state: state)
            } else {
                #expect(throws: Diagnostic.self) { try place.run(text, state: state) }
            }
        }
        #expect(try place.sql("SELECT count(*) FROM events") == "2")
    }

    @Test func aTableOfAnotherInstanceIsRefused() throws {
        let place = try Place()
        try place.deliver([Place.line(1)], as: "a.json")
        let text = Place.sink("s", from: "events")
        try place.run(text)
        let fault = try #require(
            #expect(throws: Diagnostic.self) { try place.run(text, state: place.folder + "/other") })
        #expect(fault.message.contains("holds epochs of another instance of sink S"))
        #expect(fault.hint?.contains("DELETE FROM \"millrace_epochs\"") == true)
    }

    @Test func aTableThatHasLostEpochsIsRefused() throws {
        let place = try Place()
        try place.deliver([Place.line(1)], as: "a.json")
        let text = Place.sink("s", from: "events")
        try place.run(text)
        try place.sql("DROP TABLE events; DROP TABLE millrace_epochs")
        let fault = try #require(#expect(throws: Diagnostic.self) { try place.run(text) })
        #expect(fault.message.contains("lacks epoch 1, which the checkpoint says was committed"))
    }

    @Test func aTableThatChangesWhileItIsWrittenToIsTakenAsItIs() throws {
        let place = try Place()
        place.epochBytes = 2000
        try place.sql(
            """
            CREATE TABLE events (id text, "user" text, price numeric, n int);
            CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
            """)
        try place.deliver((0..<100).map { Place.line($0, n: 7) }, as: "a.json")
        let task = try place.task(Place.sink("s", from: "events", ""))
        let thread = try Running(task)
        try thread.waitUntil { Int(try place.sql("SELECT count(*) FROM events")) ?? 0 >= 100 }
        try place.sql(
            "ALTER TABLE events ALTER n TYPE numeric, ALTER id TYPE varchar(20), DROP COLUMN price, "
                + "ADD COLUMN price real")
        try place.deliver((100..<200).map { Place.line($0, n: 7) }, as: "b.json")
        try thread.waitUntil { Int(try place.sql("SELECT count(*) FROM events")) ?? 0 >= 200 }
        try thread.stop()
        #expect(try place.sql("SELECT sum(n), count(DISTINCT id), sum(price) FROM events") == "1400|200|100")
    }

    @Test func kafkaConnectsConfigurationIsUnderstood() throws {
        let place = try Place()
        try place.deliver((0..<100).map { Place.line($0 % 20, n: $0) }, as: "a.json")
        let jdbc = place.url.replacingOccurrences(of: "postgresql://app:\(place.server.password)@", with: "")
        try place.run(
            """
            CREATE SINK CONNECTOR jdbc WITH (
              'connector.class' = 'io.confluent.connect.jdbc.JdbcSinkConnector', 'tasks.max' = '1',
              'topics' = 'events', 'connection.url' = 'jdbc:postgresql://\(jdbc)', 'connection.user' = 'app',
              'connection.password' = '${file:\(place.server.folder)/password}', 'insert.mode' = 'upsert',
              'pk.mode' = 'record_value', 'pk.fields' = 'id', 'auto.create' = 'true', 'auto.evolve' = 'true',
              'key.converter' = 'org.apache.kafka.connect.storage.StringConverter',
              'value.converter' = 'io.confluent.connect.avro.AvroConverter',
              'value.converter.schema.registry.url' = 'http://registry:8081', 'table.name.format' = 'k_$${topic}');
            """)
        // As Kafka Connect makes it: fields keep their names.
        #expect(try place.sql("SELECT count(*), min(\"N\") FROM k_events") == "20|80")
    }

    /// Of a message's key only what `pk.mode` names is written, under the name that `pk.fields` gives it.
    @Test func kafkaConnectWritesKeyAndValueAsItsModesSay() throws {
        let columns =
            "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) "
            + "FROM information_schema.columns WHERE table_name = '%'"
        let cases: [(table: String, settings: String, columns: String)] = [
            ("a", "'insert.mode' = 'upsert', 'pk.mode' = 'record_key', 'pk.fields' = 'id'", "id,USERS,TOTAL"),
            ("b", "'insert.mode' = 'upsert', 'pk.mode' = 'record_key'", "ID,USERS,TOTAL"),
            ("c", "'pk.mode' = 'none'", "USERS,TOTAL"),
            (
                "d", "'insert.mode' = 'upsert', 'pk.mode' = 'record_value', 'pk.fields' = 'USERS'",
                "USERS,TOTAL"
            ),
            (
                "e", "'insert.mode' = 'upsert', 'pk.mode' = 'record_value', 'pk.fields' = 'ID'",
                "USERS,TOTAL,ID"
            ),
            (
                "f",
                "'insert.mode' = 'upsert', 'pk.mode' = 'record_key', 'pk.fields' = 'Id', "
                    + "'quote.sql.identifiers' = 'never', 'fields.whitelist' = 'TOTAL'", "id,total"
            ),
            (
                "g",
                "'pk.mode' = 'none', 'transforms' = 'r,i,t,c', "
                    + "'transforms.r.type' = 'org.apache.kafka.connect.transforms.ReplaceField$Value', "
                    + "'transforms.r.exclude' = 'total', 'transforms.r.renames' = 'USERS:last', "
                    + "'transforms.i.type' = 'org.apache.kafka.connect.transforms.InsertField$Value', "
                    + "'transforms.i.static.field' = 'shop', 'transforms.i.static.value' = 'main', "
                    + "'transforms.t.type' = 'org.apache.kafka.connect.transforms.InsertField$Value', "
                    + "'transforms.t.timestamp.field' = 'at', "
                    + "'transforms.c.type' = 'org.apache.kafka.connect.transforms.TimestampConverter$Value', "
                    + "'transforms.c.field' = 'last', 'transforms.c.target.type' = 'Timestamp'",
                "last,shop,at"
            ),
        ]
        let place = try Place()
        for item in cases {
            let name = "k_" + item.table
            let text =
                "CREATE STREAM s (id STRING KEY, v INT) WITH (kafka_topic = 't', value_format = 'JSON');"
                + "CREATE TABLE sums WITH (kafka_topic = 'sums_topic') AS "
                + "SELECT id, COUNT(*) AS users, SUM(v) AS total FROM s GROUP BY id;"
                + "CREATE SINK CONNECTOR jdbc WITH ("
                + "'connector.class' = 'io.confluent.connect.jdbc.JdbcSinkConnector', "
                + "'topics' = 'sums_topic', "
                + "'connection.url' = '$url', 'auto.create' = 'true', 'table.name.format' = '\(name)', "
                + item.settings + ");"
            let sink = try #require(try place.plan(text).sinks.first)
            try place.open(sink)
            #expect(
                try place.sql(columns.replacingOccurrences(of: "%", with: name)) == item.columns,
                "\(item.table)")
        }
    }

    /// Nor does the line of the statement that an error shows.
    @Test func errorsInTheStatementShowNoPassword() throws {
        let place = try Place()
        for more in [
            "'insert.mod' = 'upsert'", "'pk.mode' = 'kafka'", "'connection.user' = 'x', 'batch.size' = '0'",
        ] {
            let fault = try #require(
                #expect(throws: Diagnostic.self) { try place.run(Place.sink("s", from: "events", more)) })
            #expect(!fault.rendered().contains(place.server.password), "\(more)")
            #expect(!fault.json.contains(place.server.password), "\(more)")
        }
    }

    @Test func unknownPropertiesAreRefusedWithASuggestion() throws {
        let place = try Place()
        let fault = #expect(throws: Diagnostic.self) {
            try place.run(Place.sink("s", from: "events", "'insert.mod' = 'upsert'"))
        }
        #expect(fault?.hint == "did you mean 'insert.mode'?")
        let other = #expect(throws: Diagnostic.self) {
            try place.run(Place.sink("s", from: "events", "'insert.mode' = 'upsert'"))
        }
        #expect(other?.message.hasSuffix("needs a key to upsert by") == true)
    }
}

extension String {
    /// `user` is a word of SQL's own.
    fileprivate var quotedUser: String { replacingOccurrences(of: "SELECT user", with: "SELECT \"user\"") }
}
