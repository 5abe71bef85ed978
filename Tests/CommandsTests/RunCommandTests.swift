import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import Commands
@testable import Runtime

/// `run` and `demo` around a pipeline that is made up.
@Suite("Running pipelines", .serialized)
struct RunCommandTests {
    /// Counts up until it is stopped, or until its work is done.
    private final class MadeUpPipeline: PreparedPipeline {
        private struct State {
            var records: Int64 = 0
            var isStopped = false
        }

        private let state = Mutex(State())
        private let failure: Diagnostic?
        private let work: Int64?
        private let limit: Int64

        /// - Parameters:
        ///   - work: records after which it ends by itself; nil runs until it is stopped.
        ///   - limit: records that there are.
        init(
            work: Int64? = nil, limit: Int64 = .max, failure: Diagnostic? = nil, answers: [String] = []
        ) {
            self.answers = answers
            self.work = work
            self.limit = limit
            self.failure = failure
        }

        func run() throws(Diagnostic) {
            while true {
                let isDone = state.withLock { state in
                    state.records = min(work ?? limit, state.records + 100)
                    return state.isStopped || state.records == work
                }
                if isDone { break }
                usleep(1000)
            }
            if let failure { throw failure }
        }

        let answers: [String]

        func stop() { state.withLock { $0.isStopped = true } }

        var status: PipelineStatus {
            var status = PipelineStatus()
            status.phase = .running
            let records = state.withLock { $0.records }
            status.sources = [
                PipelineStatus.SourceCount(
                    name: "raw", records: records, bytes: records * 300, deadLetters: 1, lagBytes: 0,
                    watermark: 0)
            ]
            status.relations = [
                PipelineStatus.RelationCount(
                    name: "gold", isTable: true, rows: records / 10, late: 2, duplicates: 3,
                    sinks: ["gold_lake"])
            ]
            return status
        }
    }

    private final class Launcher: PipelineLaunching {
        let configuration = Mutex<RunConfiguration?>(nil)
        let pipeline: MadeUpPipeline
        let refusal: Diagnostic?

        init(_ pipeline: MadeUpPipeline, refusal: Diagnostic? = nil) {
            self.pipeline = pipeline
            self.refusal = refusal
        }

        func prepare(_ configuration: RunConfiguration) throws(Diagnostic) -> any PreparedPipeline {
            self.configuration.withLock { $0 = configuration }
            if let refusal { throw refusal }
            configuration.printing?.write("{\"row\":1}\n")
            return pipeline
        }
    }

    @Test("flags reach the pipeline")
    func configuration() throws {
        let launcher = Launcher(MadeUpPipeline(work: 500))
        let captured = CapturedConsole()
        let code = captured.run(
            [
                "run", "p/shop.sql", "p/more.sql", "-D", "raw=data", "--once", "--trigger", "500ms",
                "--threads", "3",
                "--state-memory", "64MB", "--print", "gold",
            ], launcher: launcher)
        #expect(code == .done, "\(captured.errors)")
        let configuration = try #require(launcher.configuration.withLock { $0 })
        #expect(configuration.files == ["p/shop.sql", "p/more.sql"])
        #expect(configuration.variables == ["raw": "data"])
        #expect(configuration.takesWhatIsThere)
        #expect(configuration.trigger == .milliseconds(500))
        #expect(configuration.threads == 3)
        #expect(configuration.stateMemory == 64_000_000)
        #expect(configuration.stateDirectory == ".millrace/shop")
        #expect(configuration.name == "shop")
        #expect(captured.output == "{\"row\":1}\n", "rows have the output for themselves")
        #expect(captured.errors.contains("shop: 500 events so far (150.0 kB), 1 dead letter"))
    }

    @Test("the summary is one JSON object where it is asked for")
    func json() throws {
        let captured = CapturedConsole()
        #expect(
            captured.run(["run", "shop.sql", "--json"], launcher: Launcher(MadeUpPipeline(work: 300)))
                == .done)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(captured.output.utf8)) as? [String: Any])
        #expect(object["events"] as? Int == 300)
        #expect(captured.output.hasSuffix("}\n") && !captured.output.dropLast().contains("\n"))
        let quiet = CapturedConsole()
        #expect(
            quiet.run(["run", "shop.sql", "--quiet"], launcher: Launcher(MadeUpPipeline(work: 300))) == .done)
        #expect(quiet.output.isEmpty && quiet.errors.isEmpty)
    }

    @Test("what the pipeline throws is the command's error")
    func failures() {
        let captured = CapturedConsole()
        let failure = Diagnostic(.state, "the state is in use", hint: "stop the other process")
        #expect(
            captured.run(["run", "a.sql"], launcher: Launcher(MadeUpPipeline(work: 1, failure: failure)))
                == .failed)
        #expect(captured.errors.contains("error: the state is in use"))
        let refused = CapturedConsole()
        let launcher = Launcher(MadeUpPipeline(work: 1), refusal: Diagnostic(.unknownColumn, "no column X"))
        #expect(refused.run(["run", "a.sql"], launcher: launcher) == .failed)
        #expect(refused.errors == "error: no column X\n")
        #expect(refused.output.isEmpty)
    }

    @Test("on a terminal the view is drawn over itself and the cursor comes back")
    func terminal() {
        let captured = CapturedConsole(isTerminal: true)
        #expect(captured.run(["run", "a.sql"], launcher: Launcher(MadeUpPipeline(work: 40_000))) == .done)
        #expect(captured.output.contains("\u{1B}[?25l"))
        #expect(captured.output.contains("\u{1B}[?25h"))
        #expect(captured.output.components(separatedBy: "\u{1B}[J").count > 1)
    }

    @Test("what statements ask is answered on the output, beside rows on the error stream")
    func answers() {
        let pipeline = MadeUpPipeline(work: 100, answers: ["query CSAS_A_1"])
        let plain = CapturedConsole()
        #expect(plain.run(["run", "a.sql"], launcher: Launcher(pipeline)) == .done)
        #expect(plain.output.hasPrefix("query CSAS_A_1\n"))
        let json = CapturedConsole()
        #expect(json.run(["run", "a.sql", "--json"], launcher: Launcher(pipeline)) == .done)
        #expect(json.output.hasPrefix("{") && json.errors.hasPrefix("query CSAS_A_1\n"))
    }

    @Test("a demo simulates, drains and sums up")
    func demo() throws {
        try Workplace.with { place in
            try place.write("-- statements", to: "pipelines/medallion/medallion.sql")
            let captured = CapturedConsole(environment: ["MILLRACE_PIPELINES": place.path + "/pipelines"])
            let launcher = Launcher(MadeUpPipeline(limit: 1000))
            let code = captured.run(
                ["demo", "--for", "1s", "--rate", "500", "--dir", place.path + "/data/"], launcher: launcher)
            #expect(code == .done, "\(captured.errors)")
            let configuration = try #require(launcher.configuration.withLock { $0 })
            #expect(configuration.files == [place.path + "/pipelines/medallion/medallion.sql"])
            #expect(
                configuration.variables
                    == ["raw": place.path + "/data/raw/events", "lake": place.path + "/data"])
            #expect(configuration.stateDirectory == place.path + "/data/.millrace/medallion")
            let files = try FileManager.default.contentsOfDirectory(atPath: place.path + "/data/raw/events")
            #expect(files.contains { $0.hasSuffix(".json") })
            #expect(captured.output.contains("What arrived"))
            #expect(captured.output.contains("Where to look next:"))
            #expect(captured.output.contains("millrace query --lake \(place.path)/data \"SELECT"))
        }
    }

    @Test("a demo without its pipeline says where it looked")
    func noPipeline() {
        let captured = CapturedConsole(environment: ["MILLRACE_PIPELINES": "/nowhere"])
        #expect(captured.run(["demo"], launcher: Launcher(MadeUpPipeline(work: 1))) == .failed)
        #expect(captured.errors.contains("no medallion/medallion.sql in /nowhere"))
    }

    @Test("a demo is drained after a second without lag and without news")
    func drain() {
        var watch = DrainWatch()
        let looks: [(records: Int64, lag: Int, now: Int64)] = [
            (10, 0, 0), (10, 0, 900), (11, 0, 1000), (11, 5, 3000), (11, 0, 3999), (11, 0, 4000),
        ]
        let answers = looks.map { watch.isDrained(records: $0.records, lagBytes: $0.lag, now: $0.now) }
        #expect(answers == [false, false, false, false, false, true])
    }
}
