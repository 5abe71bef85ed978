import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import Simulation

@Suite("A run puts a simulation into files")
struct SimulationRunTests {
    /// 2026-11-18T23:50:00Z.
    static let evening: Int64 = 1_795_045_800_000

    private func paced(
        _ profile: ShopProfile = .medallion, rate: Double, for duration: Duration
    )
        -> SimulationConfiguration
    {
        var configuration = SimulationConfiguration()
        configuration.profile = profile
        configuration.rate = rate
        configuration.duration = duration
        configuration.seed = 3
        return configuration
    }

    private func run(
        _ configuration: SimulationConfiguration, into directory: MemoryDirectory, clock: ManualClock,
        until shouldStop: @Sendable () -> Bool = { false }
    ) throws -> SimulationSummary {
        var run = try SimulationRun(configuration: configuration, output: directory, clock: clock)
        return try run.run(until: shouldStop)
    }

    @Test("paced, a file appears every ten seconds and holds that time's lines")
    func paced() throws {
        let directory = MemoryDirectory()
        let clock = ManualClock(Self.evening)
        let summary = try run(paced(rate: 100, for: .seconds(60)), into: directory, clock: clock)
        #expect(
            directory.names == [
                "events_20261118_235000.json", "events_20261118_235010.json", "events_20261118_235020.json",
                "events_20261118_235030.json", "events_20261118_235040.json", "events_20261118_235050.json",
            ])
        #expect(summary.lines == 6000 && summary.files == 6 && !summary.wasStopped)
        #expect(summary.bytes == directory.bytes.count)
        #expect(summary.elapsed >= .seconds(59) && summary.elapsed <= .seconds(61))
        for (index, file) in directory.files.enumerated() {
            let lines = file.bytes.split(separator: 0x0A)
            #expect(lines.count == 1000)
            for line in lines {
                let time = try SimulatedEvent(json: Array(line)).time
                #expect((0..<10_000).contains(time - Self.evening - Int64(index) * 10_000))
            }
        }
    }

    @Test("no line is made before its time has come")
    func punctual() throws {
        let directory = MemoryDirectory()
        let clock = ManualClock(Self.evening)
        clock.onNap = { clock, _ in
            if let file = directory.files.last {
                let last = file.bytes.split(separator: 0x0A).last.map(Array.init) ?? []
                let time = (try? SimulatedEvent(json: last))?.time ?? .max
                #expect(time <= clock.now())
            }
        }
        _ = try run(paced(rate: 50, for: .seconds(25)), into: directory, clock: clock)
        #expect(directory.files.count == 3)
    }

    @Test("the lines do not depend on how they are spread over files")
    func splitting() throws {
        var configuration = ShopDeterminismTests.faulty(.medallion)
        configuration.startMilliseconds = Self.evening
        let whole = try SimulatedLines.bytes(configuration)
        for every in [Duration.seconds(1)...Duration.seconds(3), .seconds(10) ... .seconds(10)] {
            configuration.every = every
            let directory = MemoryDirectory()
            _ = try run(configuration, into: directory, clock: ManualClock(Self.evening + 77))
            #expect(directory.files.count > 30)
            #expect(directory.bytes == whole)
        }
    }

    @Test("CSV files cover one to three seconds and begin with the header")
    func csv() throws {
        let directory = MemoryDirectory()
        let summary = try run(
            paced(.csv, rate: 20, for: .seconds(60)), into: directory, clock: ManualClock(Self.evening))
        #expect((20...60).contains(directory.files.count))
        var lines = 0
        for file in directory.files {
            #expect(file.name.hasSuffix(".csv"))
            let text = String(decoding: file.bytes, as: UTF8.self)
            #expect(text.hasPrefix("event_id,user_id,event_type,"))
            #expect(text.hasSuffix("\n"))
            lines += text.split(separator: "\n").count - 1
        }
        #expect(lines == 1200 && summary.lines == 1200)
    }

    @Test("unpaced, it never waits and the same seed gives the same files")
    func unpaced() throws {
        var configuration = SimulationConfiguration()
        configuration.events = 5000
        var results: [[UInt8]] = []
        for moment in [Self.evening, Self.evening + 12_345] {
            let directory = MemoryDirectory()
            let clock = ManualClock(moment)
            let summary = try run(configuration, into: directory, clock: clock)
            #expect(summary.lines == 5000 && clock.naps == 0)
            #expect(directory.names == ["events_20260105_080000.json"])
            results.append(directory.bytes)
        }
        #expect(results[0] == results[1])
    }

    @Test("unpaced files end by size, or by event time when asked to")
    func bounded() throws {
        var configuration = SimulationConfiguration()
        configuration.events = 120_000
        let large = MemoryDirectory()
        let summary = try run(configuration, into: large, clock: ManualClock(0))
        #expect(summary.files == 2)
        #expect(large.files[0].bytes.count >= SimulationRun.largestFile)
        #expect(large.files[0].bytes.count < SimulationRun.largestFile + (1 << 20))
        #expect(large.files.allSatisfy { $0.bytes.last == 0x0A })

        configuration.events = 10_000
        configuration.every = .seconds(1) ... .seconds(1)
        let small = MemoryDirectory()
        _ = try run(configuration, into: small, clock: ManualClock(0))
        #expect((8...14).contains(small.files.count))
    }

    @Test("names that are taken get a number")
    func collisions() throws {
        var configuration = SimulationConfiguration()
        configuration.events = 100
        configuration.startMilliseconds = Self.evening
        let directory = MemoryDirectory()
        for _ in 0..<3 { _ = try run(configuration, into: directory, clock: ManualClock(0)) }
        configuration.events = 3000
        configuration.rate = 5000
        configuration.every = .milliseconds(200) ... .milliseconds(200)
        _ = try run(configuration, into: directory, clock: ManualClock(0))
        let stem = "events_20261118_235000"
        #expect(directory.names == ["\(stem).json"] + (1...5).map { "\(stem)_00\($0).json" })
        #expect(directory.names == directory.names.sorted())
    }

    @Test("the stop flag ends a run with the current file whole")
    func stop() throws {
        let directory = MemoryDirectory()
        let clock = ManualClock(Self.evening)
        let naps = Mutex(0)
        clock.onNap = { _, count in naps.withLock { $0 = count } }
        var configuration = SimulationConfiguration()
        configuration.rate = 100
        let summary = try run(
            configuration, into: directory, clock: clock, until: { naps.withLock { $0 > 300 } })
        #expect(summary.wasStopped)
        #expect(summary.files == 2 && directory.hidden == nil)
        #expect(directory.bytes.last == 0x0A)
        #expect(directory.bytes.count(where: { $0 == 0x0A }) == summary.lines)
        #expect(summary.lines > 1400)
        #expect(summary.text.contains("stopped"))
    }

    @Test("a run that is stopped at once writes nothing")
    func stopAtOnce() throws {
        let directory = MemoryDirectory()
        let summary = try run(
            paced(rate: 5, for: .seconds(5)), into: directory, clock: ManualClock(0), until: { true })
        #expect(summary.wasStopped && summary.lines == 0 && summary.files == 0 && directory.files.isEmpty)
    }

    @Test("after the machine has slept, event time is the wall clock's again")
    func sleep() throws {
        let directory = MemoryDirectory()
        let clock = ManualClock(Self.evening)
        clock.onNap = { clock, count in if count == 100 { clock.jump(3_600_000) } }
        var configuration = SimulationConfiguration()
        configuration.rate = 100
        configuration.events = 2000
        configuration.late = 0.05
        let summary = try run(configuration, into: directory, clock: clock)
        #expect(summary.lines == 2000)
        let times = try directory.bytes.split(separator: 0x0A).map {
            try SimulatedEvent(json: Array($0)).time
        }
        #expect(!times.contains { (Self.evening + 60_000..<Self.evening + 3_600_000).contains($0) })
        var newest = Int64.min
        for time in times {
            #expect(newest == .min || newest - time < 600_000)
            newest = max(newest, time)
        }
        #expect(newest > Self.evening + 3_600_000)
    }

    @Test("a replay begins at its start and keeps the pace of the wall clock")
    func replay() throws {
        var configuration = paced(rate: 100, for: .seconds(20))
        configuration.startMilliseconds = Self.evening
        let directory = MemoryDirectory()
        let clock = ManualClock(1000)
        let summary = try run(configuration, into: directory, clock: clock)
        #expect(directory.names == ["events_20261118_235000.json", "events_20261118_235010.json"])
        #expect(summary.tally.firstEventTime.map { $0 - Self.evening < 100 } ?? false)
        #expect((19_000...21_000).contains(clock.now() - 1000))
    }

    @Test("progress comes at most four times a second")
    func progress() throws {
        var run = try SimulationRun(
            configuration: paced(rate: 1000, for: .seconds(10)), output: MemoryDirectory(),
            clock: ManualClock(Self.evening))
        var reports: [SimulationProgress] = []
        let summary = try run.run(progress: { reports.append($0) })
        #expect((30...40).contains(reports.count))
        #expect(reports.map(\.lines) == reports.map(\.lines).sorted())
        #expect(reports.allSatisfy { $0.plannedLines == 10_000 && $0.lag < .seconds(1) })
        #expect(reports.last.map { $0.lines <= summary.lines } ?? false)
    }

    @Test("a full disk ends the run with its reason; what has appeared is whole")
    func fullDisk() throws {
        let directory = MemoryDirectory()
        directory.room = 1_500_000
        #expect(throws: Diagnostic(.outOfSpace, "no room")) {
            _ = try run(
                paced(rate: 100, for: .seconds(60)), into: directory, clock: ManualClock(Self.evening))
        }
        #expect(directory.files.count == 2)
        #expect(directory.hidden == nil)
        #expect(directory.files.allSatisfy { $0.bytes.last == 0x0A })
    }

    @Test("the summary is JSON for programs and a few lines for people")
    func summary() throws {
        let summary = try run(
            paced(rate: 100, for: .seconds(20)), into: MemoryDirectory(), clock: ManualClock(0))
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(summary.json.utf8)) as? [String: Any])
        #expect(object["lines"] as? Int == 2000)
        #expect(object["files"] as? Int == 2)
        #expect(object["first_file"] as? String == "events_19700101_000000.json")
        #expect((object["events_by_type"] as? [String: Int])?.values.reduce(0, +) == 2000)
        #expect(summary.text.hasPrefix("2,000 lines in 2 files, 1.2 MB, in "))
    }
}
