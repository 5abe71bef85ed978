import Diagnostics
import Glibc
import Runtime
import Storage
import TestRunner

/// `millrace test`: statements, records that go in, and records that must come out.
struct TestCommand: Command {
    static let description = CommandDescription(
        name: "test", summary: "run tests of pipelines",
        about: "Runs SQL files of tests (--@test: NAME, statements, INSERT INTO … VALUES, ASSERT VALUES) and "
            + "ksqlDB's JSON query tests through the same planner and runtime as millrace run, with sources "
            + "and sinks in memory. Exit code 1 if one fails.",
        operands: [
            Operand("PATH", "a test file, or a folder: all tests in it and below", .oneOrMore)
        ],
        flags: [
            Flag("--report", .value("FORM"), "text, json: one object, or markdown (text)"),
            Flag("--json", .toggle, "the same as --report json"),
            Flag("--filter", .value("TEXT"), "only tests whose file or name has this in it"),
            Flag("--restart", .toggle, "end each pipeline after every record, and go on from its checkpoint"),
            Flag("--strict-messages", .toggle, "say also how many expected errors have the very text"),
            Flag("--threads", .value("N"), "tests that run at a time (the machine's cores)"),
            Flag("--timeout", .value("DURATION"), "how long one test may take (1m)"),
            Flag("--worker", .toggle, "for millrace test itself: runs the tests for another process"),
        ],
        examples: [
            .init("the tests of a pipeline", "millrace test pipelines/medallion/tests"),
            .init(
                "one of them, with a restart after every record",
                "millrace test tests --filter funnel --restart"),
        ])

    private let paths: [String]
    private let form: TestReportForm
    private let filter: String?
    private let restarts: Bool
    private let comparesTexts: Bool
    private let threads: Int
    private let timeout: Duration
    private let isWorker: Bool

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        paths = arguments.all("PATH")
        guard !paths.contains("") else {
            throw Diagnostic(.usage, "PATH is empty", expected: "a test file, or a folder of them")
        }
        let form = try arguments.choice("--report", as: TestReportForm.self)
        if arguments.isSet("--json"), let form, form != .json {
            throw Diagnostic(
                .usage, "--json and --report \(form.rawValue) contradict each other", expected: "one of them")
        }
        self.form = form ?? (arguments.isSet("--json") ? .json : .text)
        filter = arguments.text("--filter")
        restarts = arguments.isSet("--restart")
        comparesTexts = arguments.isSet("--strict-messages")
        isWorker = arguments.isSet("--worker")
        timeout = try arguments.duration("--timeout") ?? .seconds(60)
        threads = try arguments.integer("--threads", in: 1...256) ?? RunCommand.processorCount
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let files = TestFiles(fileSystem: LocalFileSystem())
        var tests: [TestCase] = []
        for path in paths { tests += try files.tests(at: path) }
        if let filter {
            let wanted = filter.lowercased()
            tests = tests.filter { "\($0.file): \($0.name)".lowercased().contains(wanted) }
        }
        guard !tests.isEmpty else {
            throw Diagnostic(
                .usage, filter.map { "no test has \($0) in its file or name" } ?? "there are no tests",
                expected: "SQL files with --@test: NAME, or JSON files with an array tests",
                hint: "millrace test --help")
        }
        if let program = console.executable, !isWorker { return try isolated(program, console) }
        let report = run(tests, console)
        switch form {
        case .text: for line in report.lines(comparesTexts: comparesTexts) { console.output.line(line) }
        case .json: console.output.line(report.json(comparesTexts: comparesTexts).text)
        case .markdown: for line in report.markdown { console.output.line(line) }
        }
        return report.hasFailures ? .failed : .done
    }

    private func run(_ tests: [TestCase], _ console: Console) -> TestReport {
        let pool = WorkerPool(threads: threads)
        defer { pool.stop() }
        guard isWorker else {
            return TestReport(running: tests, restartAfter: restarts ? 1 : nil, on: pool)
        }
        var ended: [Int: TestVerdict] = [:]
        while let line = readLine() {
            guard let end = TestIsolation.End(line: line) else { continue }
            ended[end.number] = end.activity.map(TestVerdict.timedOut) ?? .crashed
        }
        let watch = TestWatch(limit: timeout) { number, activity in
            console.errors.line("\(TestIsolation.stuck)\(number) \(activity)")
            // Its thread can't be ended alone.
            _exit(TestIsolation.stuckCode)
        }
        defer { watch.end() }
        return TestReport(
            running: tests, restartAfter: restarts ? 1 : nil, ended: ended, on: pool
        ) { progress in
            switch progress {
            case .begun(let number, let activity):
                console.errors.line("\(TestIsolation.begun)\(number)")
                watch.begin(number, activity)
            case .ended(let number):
                watch.end(number)
                console.errors.line("\(TestIsolation.ended)\(number)")
            }
        }
    }

    // MARK: In another process

    private func isolated(_ program: String, _ console: Console) throws(Diagnostic) -> ExitCode {
        var isolation = TestIsolation(threads: threads) { flags, ended throws(Diagnostic) in
            try ChildProcess(program: program, arguments: ["test"] + flags + words, input: ended).run()
        }
        let code = try isolation.run()
        if !isolation.messages.isEmpty { console.errors.write(isolation.messages) }
        return ExitCode(rawValue: code) ?? .failed
    }

    /// The command again, but for its threads.
    private var words: [String] {
        var words = ["--report", form.rawValue]
        if let filter { words.append("--filter=\(filter)") }
        if restarts { words.append("--restart") }
        if comparesTexts { words.append("--strict-messages") }
        words.append("--timeout=\(timeout.wholeMilliseconds)ms")
        return words + ["--"] + paths
    }
}
