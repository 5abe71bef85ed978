import Columnar
import Diagnostics
import Foundation
import Runtime
import TestKit
import Testing

@testable import Postgres

/// Tables of a real server as sources.
@Suite("The PostgreSQL source", .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct SourceTests {
    static let products = """
        CREATE TABLE products (id text PRIMARY KEY, name text, price numeric(10,2), tags text[],
            updated_at timestamptz NOT NULL DEFAULT now(), gone boolean);
        CREATE INDEX ON products (updated_at);
        """

    /// `products` as the database has it, and a copy of it that the pipeline makes.
    static func copying(_ more: String = "updated_at = 'updated_at'") -> String {
        source(more)
            + "CREATE TABLE copied AS SELECT id, name, price, tags FROM products;\n"
            + Place.sink("copies", from: "copied")
    }

    static func source(_ more: String = "updated_at = 'updated_at'") -> String {
        "CREATE SOURCE TABLE products (id STRING PRIMARY KEY, name STRING, price DECIMAL(10, 2), "
            + "tags ARRAY<STRING>) WITH (connector = 'postgres', url = '$url', table = 'products', "
            + "poll.interval = '20 ms'\(more.isEmpty ? "" : ", " + more));\n"
    }

    private static let difference = """
        SELECT count(*) FROM (
            (SELECT id, name, price, tags FROM products WHERE gone IS NOT TRUE EXCEPT TABLE copied)
            UNION ALL
            (TABLE copied EXCEPT SELECT id, name, price, tags FROM products WHERE gone IS NOT TRUE)) d
        """

    @Test func aTableIsReadAndItsChangesFollow() throws {
        let place = try Place()
        try place.sql(
            Self.products
                + "INSERT INTO products SELECT 'p' || n, 'name ' || n, n / 10.0, ARRAY['a', n::text], now() "
                + "FROM generate_series(1, 3000) n")
        let running = try Running(try place.task(Self.copying(), patience: nil))
        try running.waitUntil { (try? place.sql(Self.difference)) == "0" }
        try place.sql(
            "UPDATE products SET price = price + 1, updated_at = now() WHERE id LIKE 'p1%'; "
                + "INSERT INTO products VALUES ('new', NULL, NULL, NULL)")
        try running.waitUntil { (try? place.sql(Self.difference)) == "0" }
        #expect(try place.sql("SELECT count(*), sum(price) > 450150 FROM copied") == "3001|t")
        try running.stop()
    }

    /// The events are there before the table is.
    @Test(arguments: [true, false]) func eventsMeetTheWholeTable(once: Bool) throws {
        let place = try Place()
        try place.sql(
            Self.products
                + "INSERT INTO products (id, name) SELECT 'u' || n, 'name ' || n "
                + "FROM generate_series(0, 999) n"
        )
        try place.deliver((0..<2000).map { Place.line($0, user: $0 % 1000) }, as: "a.json")
        let text =
            Self.source()
            + "CREATE STREAM named AS SELECT e.id AS id, e.user AS user, p.name AS name FROM events e "
            + "LEFT JOIN products p ON e.user = p.id;\n" + Place.sink("names", from: "named")
        if once {
            try place.run(text)
        } else {
            let running = try Running(try place.task(text, patience: nil))
            try running.waitUntil { (try? place.sql("SELECT count(*) FROM named")) == "2000" }
            try running.stop()
        }
        #expect(
            try place.sql(
                "SELECT count(*), count(name), count(*) FILTER (WHERE name = 'name ' || "
                    + "substr(\"user\", 2)) FROM named"
            )
                == "2000|2000|2000")
        // What has changed since comes first too.
        try place.sql("UPDATE products SET name = 'other', updated_at = now()")
        try place.deliver((2000..<2100).map { Place.line($0, user: $0 % 1000) }, as: "b.json")
        if once {
            try place.run(text)
            #expect(try place.sql("SELECT count(*) FROM named WHERE name = 'other'") == "100")
        }
    }

    /// Random changes between runs, some of them dated back as those of transactions that commit late are;
    /// no change comes twice, whatever has the same time.
    @Test(arguments: 0..<(Place.isFull ? 40 : 3)) func theCopyIsTheTable(seed: Int) throws {
        let place = try Place()
        var dice = SeededGenerator(seed: UInt64(seed))
        let mode = seed % 3
        let more = [
            "updated_at = 'updated_at', compare.interval = '0'",
            "updated_at = 'updated_at', compare.interval = '1 ms'", "",
        ][mode]
        try place.sql(
            Self.products
                + """
                CREATE TABLE copied (id text PRIMARY KEY, name text, price numeric(10,2), tags text[]);
                CREATE TABLE noted (n bigint GENERATED ALWAYS AS IDENTITY, id text);
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN INSERT INTO noted (id) VALUES (coalesce(NEW.id, OLD.id)); RETURN NULL; END';
                CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON copied
                    FOR EACH ROW EXECUTE FUNCTION note();
                CREATE TABLE made (id text);
                CREATE FUNCTION make() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN INSERT INTO made VALUES (coalesce(NEW.id, OLD.id)); RETURN NULL; END';
                CREATE TRIGGER make AFTER INSERT OR UPDATE OR DELETE ON products
                    FOR EACH ROW EXECUTE FUNCTION make();
                """)
        for round in 0..<3 {
            var touched = Set<Int>()
            var statements: [String] = []
            for _ in 0..<dice.int(0...40) {
                let id = dice.below(60)
                // One change of a key a round, so that they can be counted.
                guard touched.insert(id).inserted else { continue }
                let ago = dice.pick([0, 0, 1, 30])
                if mode > 0, dice.chance(25) {
                    statements.append("DELETE FROM products WHERE id = 'p\(id)'")
                } else {
                    statements.append(
                        """
                        INSERT INTO products VALUES ('p\(id)', 'r\(round)', \(id), ARRAY['"', '\\'],
                            date_trunc('second', now()) - interval '\(ago) seconds')
                        ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, updated_at = EXCLUDED.updated_at
                        """)
                }
            }
            try place.sql(statements.joined(separator: ";\n"))
            try place.run(Self.copying(more))
            #expect(try place.sql(Self.difference) == "0", "seed \(seed), round \(round)")
            #expect(
                try place.sql("SELECT count(*) = (SELECT count(*) FROM made) FROM noted") == "t",
                "seed \(seed), round \(round): changes come once")
        }
    }

    @Test func aColumnSaysThatARowIsGone() throws {
        let place = try Place()
        try place.sql(Self.products + "INSERT INTO products SELECT 'p' || n FROM generate_series(1, 9) n")
        let text = Self.copying(
            "updated_at = 'updated_at', deleted_at = 'gone', compare.interval = '0'")
        try place.run(text)
        #expect(try place.sql("SELECT count(*) FROM copied") == "9")
        try place.sql("UPDATE products SET gone = true, updated_at = now() WHERE id IN ('p3', 'p4')")
        try place.run(text)
        #expect(try place.sql("SELECT count(*), min(id) FILTER (WHERE id > 'p2') FROM copied") == "7|p5")
        try place.sql("UPDATE products SET gone = NULL, updated_at = now() WHERE id = 'p3'")
        try place.run(text)
        #expect(try place.sql(Self.difference) == "0")
    }

    @Test func aDateInTheFutureHidesNothing() throws {
        let place = try Place()
        try place.sql(Self.products + "INSERT INTO products VALUES ('far', 'f', 1, NULL, '2099-01-01')")
        let text = Self.copying("updated_at = 'updated_at', compare.interval = '0'")
        try place.run(text)
        try place.sql("INSERT INTO products VALUES ('near', 'n', 1, NULL, now())")
        try place.run(text)
        #expect(try place.sql("SELECT string_agg(id, ',' ORDER BY id) FROM copied") == "far,near")
    }

    /// What a table of random types holds arrives in another one, value for value.
    @Test(arguments: 0..<(Place.isFull ? 100 : 2)) func randomRowsOfRandomTypesArrive(seed: Int) throws {
        let place = try Place()
        var random = RandomRows(seed: 5000 + seed)
        var fields = [Field("k", .bigint)]
        for index in 0..<random.dice.int(1...10) { fields.append(Field("c\(index)", random.type())) }
        let schema = Schema(fields)
        let made = random.batch(Schema(Array(fields.dropFirst())), count: 200)
        let keys = ColumnBuilder(type: .bigint)
        for row in 0..<200 { keys.append(Int64(row)) }
        let batch = Batch(schema: schema, columns: [keys.finish()] + made.columns, count: 200)
        let writer = TableWriter(
            ConnectionPool.shared(try PostgresAddress(place.url)),
            TableTarget(
                name: TableName(schema: nil, name: "given"), schema: schema, key: ["k"], mode: .upsert,
                deletes: false, creates: true, evolves: false, pieceRows: 1000),
            WriterIdentity(instance: "i", sink: "s"))
        _ = try writer.open(expectedEpoch: nil, openEpoch: 1)
        try writer.commit(PreparedRows(rows: [batch], deletes: []), epoch: 1) { #expect($0.isEmpty) }
        let columns = fields.dropFirst().map { "\($0.name) \($0.type.sql)" }.joined(separator: ", ")
        try place.run(
            "CREATE SOURCE TABLE given (k BIGINT PRIMARY KEY, \(columns)) WITH (connector = 'postgres', "
                + "url = '$url', table = 'given');\n"
                + "CREATE TABLE taken AS SELECT * FROM given;\n" + Place.sink("t", from: "taken"))
        // Documents are compared as such.
        let list = { (table: String) in
            fields.map { "\(table).\($0.name)::text" }.joined(separator: ", ")
        }
        let difference = try place.sql(
            "SELECT \(list("g")), '<>', \(list("t")) FROM given g FULL JOIN taken t USING (k) "
                + "WHERE ROW(\(list("g"))) IS DISTINCT FROM ROW(\(list("t"))) LIMIT 1")
        #expect(difference.isEmpty, "seed \(seed): \(difference)")
        #expect(try place.sql("SELECT count(*) FROM taken") == "200", "seed \(seed)")
    }

    @Test func keysOfSeveralColumnsAndBareOnes() throws {
        let place = try Place()
        try place.sql(
            "CREATE TABLE pairs (a uuid, b integer, PRIMARY KEY (a, b)); "
                + "INSERT INTO pairs SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', n "
                + "FROM generate_series(1, 5) n"
        )
        let text =
            "CREATE SOURCE TABLE pairs (a STRING PRIMARY KEY, b INTEGER PRIMARY KEY) WITH ("
            + "connector = 'postgres', 'connection.url' = '$url', table = 'pairs');\n"
            + "CREATE TABLE copied AS SELECT a, b, 1 AS one FROM pairs;\n" + Place.sink("c", from: "copied")
        try place.run(text)
        try place.sql("DELETE FROM pairs WHERE b = 2")
        try place.run(text)
        #expect(
            try place.sql("SELECT count(*), sum(b), min(a) FROM copied")
                == "4|13|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
    }
}
