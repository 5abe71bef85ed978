import Diagnostics
import Formats
import Foundation
import Language
import Testing

@testable import Shell

/// Sessions with a server that a test has made. One at a time: Ctrl-C is the process's.
@Suite("Sessions of the shell", .serialized)
struct SessionTests {
    private static let header =
        #"{"queryId":"q1","columnNames":["ID","N"],"columnTypes":["STRING","BIGINT"]}"#

    private static func session(
        _ server: FakeServer, _ captured: CapturedTerminal, form: OutputForm = .table,
        variables: [String: String] = [:], isInteractive: Bool = false,
        change: (inout ServerAddress) -> Void = { _ in }
    ) throws -> ShellSession {
        var address = try ServerAddress(server.url)
        change(&address)
        return ShellSession(
            ShellConfiguration(address: address, form: form, variables: variables, version: "0"),
            captured.terminal, isInteractive: isInteractive)
    }

    private static func failure(_ session: ShellSession, _ text: String, file: String? = nil) -> Diagnostic? {
        do throws(Diagnostic) {
            try session.run(SourceText(text, file: file))
            return nil
        } catch {
            return error
        }
    }

    @Test("statements carry what the session has set")
    func settings() throws {
        let server = try FakeServer { request in
            request.path == "/ksql"
                ? .body(
                    #"[{"commandStatus":{"status":"SUCCESS","message":"made"},"commandSequenceNumber":7}]"#)
                : .lines([Self.header, #"["a",1]"#])
        }
        defer { server.stop() }
        let captured = CapturedTerminal()
        let session = try Self.session(server, captured, variables: ["who": "ann"])
        try session.run(
            SourceText(
                """
                SET 'auto.offset.reset' = 'earliest'; SET 'x' = '1'; UNSET 'x';
                DEFINE topic = '${who}s'; -- uses another
                CREATE STREAM s (a INT) WITH (kafka_topic = '${topic}');
                SELECT * FROM s;
                SHOW VARIABLES;
                """))
        let create = try #require(server.requests.first)
        #expect(create.statement == "CREATE STREAM s (a INT) WITH (kafka_topic = '${topic}');")
        #expect(create.body["streamsProperties"]?.text == #"{"auto.offset.reset":"earliest"}"#)
        #expect(create.body["sessionVariables"]?.text == #"{"topic":"anns","who":"ann"}"#)
        #expect(create.body["commandSequenceNumber"] == nil)
        let select = try #require(server.requests.last)
        #expect(select.path == "/query-stream")
        #expect(select.body["properties"]?.text == #"{"auto.offset.reset":"earliest"}"#)
        #expect(captured.output.hasPrefix("made\n ID │ N\n"))
        #expect(captured.output.contains("topic"))
        #expect(Self.failure(session, "SHOW STREAMS") == nil)
        #expect(server.requests.last?.body["commandSequenceNumber"]?.int == 7)
    }

    @Test("Ctrl-C ends a push query, closes its connection, and the session goes on")
    func interruption() throws {
        let server = try FakeServer { request in
            request.statement.contains("EMIT")
                ? .endless([Self.header, #"["a",1]"#, #"["b",2]"#]) : .lines([Self.header, #"["c",3]"#])
        }
        defer { server.stop() }
        let captured = CapturedTerminal()
        let session = try Self.session(server, captured, isInteractive: true)
        Interrupts.forget()
        Thread.detachNewThread {
            let end = Date(timeIntervalSinceNow: 60)
            while !captured.output.contains(" b"), Date() < end { usleep(5000) }
            Interrupts.interrupt()
        }
        try session.run(SourceText("SELECT * FROM s EMIT CHANGES;"))
        #expect(captured.output.contains(" b"))
        #expect(captured.errors.contains("2 rows; ended"))
        let end = Date(timeIntervalSinceNow: 60)
        while server.goneCount == 0, Date() < end { usleep(5000) }
        #expect(server.goneCount == 1)
        #expect(!Interrupts.isInterrupted)
        try session.run(SourceText("SELECT * FROM s;"))
        #expect(captured.output.contains(" c"))
        // A script is ended as a whole.
        let script = try Self.session(server, captured)
        Thread.detachNewThread {
            usleep(50_000)
            Interrupts.interrupt()
        }
        #expect(Self.failure(script, "SELECT * FROM s EMIT CHANGES; SELECT 1;")?.code == .cancelled)
        #expect(server.requests.last?.statement == "SELECT * FROM s EMIT CHANGES;")
        Interrupts.forget()
    }

    @Test("a script stops at its first error and tells file, line and column")
    func scripts() throws {
        let server = try FakeServer { request in
            request.statement.contains("NOPE")
                ? .body(
                    #"{"@type":"statement_error","error_code":40001,"message":"no NOPE","line":1,"column":8,"#
                        + #""expected":"ID","hint":"did you mean ID?"}"#, status: 400)
                : .body("[]")
        }
        defer { server.stop() }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shell-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("a.sql")
        try "INSERT INTO a VALUES (1);\n\nSELECT NOPE FROM a;\nINSERT INTO b VALUES (1);"
            .write(to: file, atomically: true, encoding: .utf8)
        let session = try Self.session(server, CapturedTerminal())
        let failure = try #require(Self.failure(session, "RUN SCRIPT '\(file.path)';"))
        #expect(failure.location.map { "\($0)" } == "\(file.path):3:8")
        #expect(failure.location?.length == 4)
        #expect(failure.hint == "did you mean ID?")
        #expect(server.requests.count == 2)
        #expect(session.scripts.isEmpty)
        #expect(Self.failure(session, "RUN SCRIPT '/no/such/file'")?.code == .notFound)
        // A script that runs itself ends.
        try "RUN SCRIPT '\(file.path)';".write(to: file, atomically: true, encoding: .utf8)
        #expect(Self.failure(session, "RUN SCRIPT '\(file.path)'")?.code == .limit)
    }

    @Test("PRINT writes lines as they come, without control characters")
    func printing() throws {
        let server = try FakeServer { _ in .lines(["Key format: JSON", "rowtime: 1, value: \u{1B}[2J"]) }
        defer { server.stop() }
        let captured = CapturedTerminal()
        try Self.session(server, captured).run(SourceText("PRINT 'clicks' LIMIT 1;"))
        #expect(server.requests.first?.path == "/query")
        #expect(captured.output == "Key format: JSON\nrowtime: 1, value: \u{FFFD}[2J\n")
    }

    @Test("a server that wants HTTP/2 for /query-stream is asked at /query, from then on")
    func olderServers() throws {
        let server = try FakeServer { request in
            if request.path == "/query-stream" {
                return .body(
                    #"{"@type":"generic_error","error_code":40004,"message":"only with HTTP2"}"#, status: 400)
            }
            return .lines([
                #"[{"header":{"queryId":"q","schema":"`ID` STRING KEY, `N` BIGINT"}},"#,
                #"{"row":{"columns":["a",1]}},"#, "", #"{"row":{"columns":["a",null],"tombstone":true}},"#,
                #"{"finalMessage":"Limit Reached"}]"#,
            ])
        }
        defer { server.stop() }
        let captured = CapturedTerminal()
        let session = try Self.session(server, captured, form: .json)
        try session.run(SourceText("SELECT * FROM s; SELECT * FROM s;"))
        #expect(server.requests.map(\.path) == ["/query-stream", "/query", "/query"])
        let once = #"{"ID":"a","N":1}"# + "\n" + #"{"ID":"a","N":null,"@gone":true}"# + "\n"
        #expect(captured.output == once + once)
    }

    @Test("a push query that the server ends without a word is told as such")
    func silentEnd() throws {
        let server = try FakeServer { _ in .lines([Self.header, #"["a",1]"#]) }
        defer { server.stop() }
        let captured = CapturedTerminal()
        let session = try Self.session(server, captured, isInteractive: true)
        try session.run(SourceText("SELECT * FROM s EMIT CHANGES;"))
        #expect(captured.errors.contains("the server ended it"))
        try session.run(SourceText("SELECT * FROM s;"))
        #expect(captured.errors.split(separator: "\n").last?.contains("server") == false)
    }

    @Test("an error behind rows is an error, with the rows before it")
    func lateErrors() throws {
        let server = try FakeServer { _ in
            .lines([Self.header, #"["a",1]"#, #"{"@type":"error","error_code":50000,"message":"it broke"}"#])
        }
        defer { server.stop() }
        let captured = CapturedTerminal()
        let session = try Self.session(server, captured)
        #expect(Self.failure(session, "SELECT * FROM s EMIT CHANGES;")?.message == "it broke")
        #expect(captured.output.contains(" a"))
    }

    @Test("who asks is told to the server, and who may not is told what to do")
    func authentication() throws {
        let server = try FakeServer { request in
            request.authorization == "Basic YW5uOnM6cA=="
                ? .body("[]") : .body(#"{"error_code":40100,"message":"Unauthorized"}"#, status: 401)
        }
        defer { server.stop() }
        let captured = CapturedTerminal()
        let refused = Self.failure(try Self.session(server, captured), "SHOW STREAMS;")
        #expect(refused?.code == .permission)
        #expect(refused?.hint?.contains("--user") == true)
        let session = try Self.session(server, captured) { address in
            address.user = "ann"
            address.password = "s:p"
        }
        #expect(Self.failure(session, "SHOW STREAMS;") == nil)
    }

    @Test("what is no ksqlDB server is told apart from what is no server")
    func strangers() throws {
        let server = try FakeServer { _ in .body("<html>hello</html>", status: 404) }
        let captured = CapturedTerminal()
        let session = try Self.session(server, captured)
        let stranger = Self.failure(session, "SHOW STREAMS;")
        #expect(stranger?.message.contains("no ksqlDB server") == true)
        server.stop()
        let gone = Self.failure(session, "SHOW STREAMS;")
        #expect(gone?.message.hasPrefix("nothing listens at") == true)
        #expect(gone?.hint?.contains("millrace serve") == true)
    }

    @Test("names are completed from the server, and asked again after they change")
    func completion() throws {
        let server = try FakeServer { request in
            switch request.statement {
            case "SHOW STREAMS;": .body(#"[{"streams":[{"name":"CLICKS"},{"name":"odd name"}]}]"#)
            case "SHOW TABLES;": .body(#"[{"tables":[{"name":"CLIENTS"}]}]"#)
            case "SHOW TOPICS;": .body(#"[{"topics":[{"name":"shop.clicks"}]}]"#)
            case "SHOW QUERIES;": .body(#"[{"queries":[{"id":"CSAS_A_1"}]}]"#)
            case "DESCRIBE CLICKS;":
                .body(#"[{"sourceDescription":{"fields":[{"name":"PAGE"},{"name":"PRICE"}]}}]"#)
            default: .body("[]")
            }
        }
        defer { server.stop() }
        let session = try Self.session(server, CapturedTerminal())
        func complete(_ line: String, earlier: String = "") -> String {
            // A bar stands where the cursor is.
            let cursor = line.firstIndex(of: "|").map { line[..<$0].utf8.count } ?? line.utf8.count
            let text = line.replacingOccurrences(of: "|", with: "")
            let completion = Completion(
                names: session.names, earlier: earlier, line: text, cursor: cursor, columns: 80)
            switch completion.result {
            case .nothing: return "-"
            case .replace(let erased, let with):
                return String(text.prefix(cursor).dropLast(erased)) + with
            case .show(let lines): return lines.joined(separator: "/")
            }
        }
        #expect(complete("sel") == "select ")
        #expect(complete("SELECT * FROM cl") == "SELECT * FROM cli")
        #expect(complete("SELECT * FROM CLIC") == "SELECT * FROM CLICKS ")
        #expect(complete("SELECT * FROM clie") == "SELECT * FROM clients ")
        #expect(complete("SELECT * FROM cli") == "clicks   clients")
        #expect(complete("DESCRIBE o") == "DESCRIBE `odd name` ")
        #expect(complete("PRINT s") == "PRINT 'shop.clicks' ")
        #expect(complete("PRINT 'sh") == "PRINT 'shop.clicks'")
        #expect(complete("terminate c") == "terminate csas_a_1 ")
        #expect(complete("SHOW TA") == "SHOW TABLES ")
        #expect(complete("SELECT pag| FROM clicks") == "SELECT page ")
        #expect(complete("  WHERE c.PRI", earlier: "SELECT *\nFROM clicks c\n") == "  WHERE c.PRICE")
        #expect(complete("SELECT SUBSTR") == "SELECT SUBSTRING(")
        #expect(complete("SELECT 'sel") == "-")
        #expect(complete("zzz") == "-")
        let before = server.requests.count
        _ = complete("SELECT * FROM cl")
        #expect(server.requests.count == before)
        try session.run(SourceText("DROP STREAM x;"))
        _ = complete("SELECT * FROM cl")
        #expect(server.requests.count == before + 3)
    }
}
