import Diagnostics
import Foundation
import Testing

@testable import Commands

/// What `serve` understands, and how it starts and ends.
@Suite("Serving", .serialized)
struct ServeTests {
    private func configuration(
        _ words: [String], _ settings: String? = nil, environment: [String: String] = [:]
    ) throws -> ServeConfiguration {
        let arguments = try ArgumentParser.parse(
            words, as: ServeCommand.description, environment: { environment[$0] })
        let file = try settings.map { try SettingsFile("server.conf", text: $0) }
        return try ServeConfiguration(arguments, file)
    }

    @Test func flagsWinOverTheEnvironmentAndThatOverTheFile() throws {
        let file = "listen = 1.1.1.1:1\ndata = file\nthreads = 3\nksql.service.id = shop_\n"
        let environment = ["MILLRACE_LISTEN": "2.2.2.2:2", "MILLRACE_DATA": "environment"]
        let told = try configuration(["--listen", "[::1]:3"], file, environment: environment)
        #expect(told.address.host == "::1")
        #expect(told.address.port == 3)
        #expect(told.directory == "environment")
        #expect(told.threads == 3)
        #expect(told.engine(threads: 1).serviceID == "shop_")
        #expect(try configuration([]).address.port == 8088)
        #expect(try configuration([]).directory == ".millrace/server")
    }

    @Test func namesOfKsqlDBAreUnderstoodOrKept() throws {
        let told = try configuration(
            ["-D", "ksql.streams.auto.offset.reset=latest", "more.sql"],
            """
            # a server of ksqlDB
            listeners = http://0.0.0.0:18088, http://[::]:18088
            ksql.streams.auto.offset.reset = earliest
            ksql.queries.file = first.sql
            ksql.logging.processing.topic.auto.create=true
            ksql.schema.registry.url=http://registry:8081
            """)
        #expect(told.address.host == "0.0.0.0")
        #expect(told.address.port == 18088)
        #expect(told.address.url(port: 18088, isSecure: false) == "http://127.0.0.1:18088")
        #expect(told.files == ["first.sql", "more.sql"])
        let engine = told.engine(threads: 1)
        #expect(engine.properties["auto.offset.reset"] == "latest")
        #expect(engine.properties["ksql.logging.processing.topic.auto.create"] == "true")
        // Those of the registry may be passwords: statements do not see them.
        #expect(engine.properties["ksql.schema.registry.url"] == nil)
        #expect(told.properties["ksql.schema.registry.url"] == "http://registry:8081")
        #expect(try told.registry(version: "1") == nil)
    }

    /// Two servers get on with each other.
    @Test func connectorsAreAnsweredForBesideTheUsualPortOrWhereItIsTold() throws {
        #expect(try configuration([]).connectAddress == ListenAddress(port: 8083))
        #expect(try configuration(["--listen", "0.0.0.0:8088"]).connectAddress?.host == "127.0.0.1")
        #expect(try configuration(["--listen", "127.0.0.1:9000"]).connectAddress == nil)
        #expect(try configuration(["--connect", "none"]).connectAddress == nil)
        #expect(try configuration([], "connect.listen = NONE").connectAddress == nil)
        let told = try configuration(
            [], "connect.listen = 1.1.1.1:1", environment: ["MILLRACE_CONNECT": "[::1]:2"])
        #expect(told.connectAddress?.host == "::1")
        #expect(try told.connect(version: "1")?.port == 2)
        let fault = #expect(throws: Diagnostic.self) { try configuration(["--connect", "8083"]) }
        #expect(fault?.expected?.contains("127.0.0.1:8083") == true)
    }

    @Test(arguments: [
        ("connect.listen = here", 1, "HOST:PORT"), ("listen = here", 1, "HOST:PORT"),
        ("\n\nthreads = 0", 3, "from 1 to 256"),
        ("nonsense", 1, "name = value"), ("# c\nlisten=:1\nlistn = :1", 3, "listen, data"),
        ("trigger = soon", 1, ""),
    ])
    func aWrongLineIsToldWithItsPlace(text: String, line: Int, expected: String) throws {
        let error = #expect(throws: Diagnostic.self) { _ = try configuration([], text) }
        #expect(error?.location?.line == line)
        #expect(error?.expected?.contains(expected) == true || expected.isEmpty)
    }

    @Test func securityIsWholeOrRefused() throws {
        #expect(throws: Diagnostic.self) { try configuration([], "tls.key = k.pem") }
        #expect(throws: Diagnostic.self) { try configuration([], "listeners = https://0.0.0.0:8088") }
        let told = try configuration([], "tls.key = k.pem\ntls.certificate = c.pem\nuser.ada = a=b")
        #expect(told.isSecure)
        #expect(told.users == ["ada": "a=b"])
        #expect(throws: Diagnostic.self) { _ = try told.rest(version: "1") }
    }

    /// The whole command: start with statements, a second server on the port, a signal.
    @Test func startsTakesStatementsUpAndEndsBySignal() async throws {
        let folder = NSTemporaryDirectory() + "serve-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/start.sql"
        try """
        CREATE STREAM clicks (id STRING KEY, n INT) WITH (kafka_topic='c', value_format='JSON', partitions=1);
        CREATE STREAM twice AS SELECT * FROM clicks;
        CREATE STREAM wrong AS SELECT nothing FROM clicks;
        """.write(toFile: file, atomically: true, encoding: .utf8)
        for round in 1...2 {
            let (output, errors) = (Pipe(), Pipe())
            let process = try ProgramUnderTest.start(
                ["serve", "--listen", "127.0.0.1:0", "--data", folder + "/data", file], output: output,
                errors: errors)
            let told = try Self.lines(2, of: output)
            #expect(told.hasPrefix("millrace serve: http://127.0.0.1:"))
            #expect(told.contains("`millrace sql --server http://127.0.0.1:"))
            let news = round == 1 ? "  2 new from \(file), 1 refused" : "  2 statements taken up from earlier"
            #expect(told.contains(news), "\(told)")
            if round == 1 {
                let port = try #require(told.split(separator: ",").first?.split(separator: ":").last)
                let second = try ProgramUnderTest.run(
                    ["serve", "--listen", "127.0.0.1:\(port)", "--data", folder + "/other"])
                #expect(second.code == 1)
                #expect(second.errors.contains("port \(port) of 127.0.0.1 is taken"))
            }
            process.terminate()
            let complaints = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(process.terminationReason == .exit)
            let complaint = String(decoding: complaints, as: UTF8.self)
            #expect(complaint.contains("column NOTHING does not exist in CLICKS"))
        }
    }

    /// The first lines that a process writes.
    private static func lines(_ count: Int, of pipe: Pipe) throws -> String {
        var text = ""
        while text.filter({ $0 == "\n" }).count < count {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return text
    }
}
