import Diagnostics
import Formats
import Glibc
import Postgres
import Storage

/// The database of a demo: the one that DATABASE_URL names, or a throwaway PostgreSQL in the demo's
/// directory.
///
/// A throwaway one outlives the demo, so that its tables can be looked at; the next demo in the directory
/// uses it again.
struct DemoDatabase {
    /// Where a throwaway one keeps its data, its log and its URL.
    let directory: String

    private static let variable = "DATABASE_URL"
    private static let patienceMilliseconds = 60_000
    private static let pauseMilliseconds = 50

    /// One that is told, and is not the throwaway one itself.
    private func given(_ console: Console) -> String? {
        console.environment(Self.variable).flatMap { $0.isEmpty || $0 == writtenURL() ? nil : $0 }
    }

    private var urlFile: String { directory + "/url" }

    /// Makes sure that there is one.
    ///
    /// - Returns: a property's text for its URL, which holds no password itself.
    func open(_ console: Console, _ location: PipelineLocation) throws(Diagnostic) -> String {
        let stream = console.errors
        if given(console) != nil {
            let address = try address(console)
            stream.line("PostgreSQL: \(address), as \(Self.variable) says")
            return "${env:\(Self.variable)}"
        }
        if !answers(console) { try start(console, location) }
        stream.line("PostgreSQL: \(try address(console)), a throwaway server in \(directory)")
        return "${file:\(urlFile)}"
    }

    /// Lets configurations of connectors find it, which say `${env:DATABASE_URL}`. To be called before there
    /// are threads, for these may read the environment.
    func publish(_ console: Console) {
        if given(console) == nil, let url = writtenURL() { setenv(Self.variable, url, 1) }
    }

    func address(_ console: Console) throws(Diagnostic) -> PostgresAddress {
        try PostgresAddress(given(console) ?? writtenURL() ?? "")
    }

    private func writtenURL() -> String? {
        let bytes = try? LocalFileSystem().read(urlFile)
        return bytes.map { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
    }

    private func answers(_ console: Console) -> Bool {
        guard let address = try? address(console) else { return false }
        return (try? PostgresConnection(address)) != nil
    }

    private func start(_ console: Console, _ location: PipelineLocation) throws(Diagnostic) {
        let script = try location.script("postgres-server")
        do throws(StorageError) { try LocalFileSystem().createDirectory(directory) } catch {
            throw Diagnostic(
                .io, "\(directory) can't be made: \(error.reason)", hint: "choose another with --dir")
        }
        let log = directory + "/start.log"
        let child = try DetachedProcess.start(script, [directory], log: log)
        var waited = 0
        while !answers(console) {
            guard waited < Self.patienceMilliseconds, !child.hasEnded else {
                let said = (try? LocalFileSystem().read(log)).map { String(decoding: $0, as: UTF8.self) }
                let reason = said?.split(separator: "\n").last.map(String.init)
                throw Diagnostic(
                    .unavailable, "no PostgreSQL could be started: \(reason ?? "see \(log)")",
                    hint: "install it (Debian: apt install postgresql), or name one: "
                        + "\(Self.variable)=postgresql://user@host:5432/database")
            }
            usleep(UInt32(Self.pauseMilliseconds) * 1000)
            waited += Self.pauseMilliseconds
        }
    }

    // MARK: What was made

    /// How many rows tables have.
    func counts(
        of tables: [String], _ connection: PostgresConnection
    ) throws(PostgresError) -> (lines: [String], json: [JSONValue.Member]) {
        var table = TextTable([("table", .left), ("rows", .right)])
        var counts: [JSONValue.Member] = []
        for name in tables {
            let count = Int64(try connection.query("SELECT count(*) FROM \(name)").value ?? "") ?? 0
            table.add([name, NumberDisplay.grouped(Int(count))])
            counts.append(.init(name, .number(count)))
        }
        return (table.lines(indent: "  "), counts)
    }

    // MARK: Commands to copy

    /// The URL as a word of a shell, without a password in it.
    func shellURL(_ console: Console) -> String {
        given(console) == nil ? "\"$(cat \(ShellText.word(urlFile)))\"" : "\"$\(Self.variable)\""
    }

    /// nil where the server is not ours.
    func stopCommand(_ console: Console) -> String? {
        guard given(console) == nil else { return nil }
        let file = ShellText.word(directory + "/data/postmaster.pid")
        return "kill -INT $(head -1 \(file))   # stops the database"
    }
}
