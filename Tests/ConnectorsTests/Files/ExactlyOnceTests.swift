import Diagnostics
import Foundation
import Runtime
import Testing

@testable import Connectors

/// Random writers, random polls, random crashes: each record comes once, in the order of its file.
@Suite struct ExactlyOnceTests {
    @Test(arguments: ["lines", "csv"]) func recordsComeOnceWhateverHappens(format: String) throws {
        let first = UInt64(ProcessInfo.processInfo.environment["MILLRACE_SEED"] ?? "") ?? 1
        let count = UInt64(ProcessInfo.processInfo.environment["MILLRACE_ROUNDS"] ?? "") ?? 30
        for seed in first..<first + count {
            var run = try ExactlyOnceRun(seed: seed, isQuoted: format == "csv")
            try run.run(steps: 120)
            if run.failure != nil { break }
        }
    }
}

private struct ExactlyOnceRun {
    private struct Writer {
        var name: String
        var suffix: String
        /// Records written and the bytes of the last one that are not written yet.
        var written = 0
        var rest: [UInt8] = []
        var isClosed = false
        var links: [String] = []
    }

    private struct Epoch {
        var ranges: [InputRange]
        var readings: [RangeReading]
    }

    let seed: UInt64
    let isQuoted: Bool
    let bed: FileBed
    private var generator: TestGenerator
    private var writers: [Writer] = []
    private var gone: [Int] = []
    private var names = 0
    /// Per writer the numbers of the records that were committed.
    private var committed: [Int: [Int]] = [:]
    private var position: [UInt8]?
    private var open: [Epoch] = []
    var failure: String?

    init(seed: UInt64, isQuoted: Bool) throws {
        self.seed = seed
        self.isQuoted = isQuoted
        generator = TestGenerator(seed: seed)
        var sizes = TestGenerator(seed: seed &+ 99)
        bed = try FileBed(framing: isQuoted ? .csvWithHeader : .lines) { settings, _ in
            settings.pieceBytes = 16 << sizes.below(8)
            settings.retainedBytes = 200 << sizes.below(6)
            if sizes.below(4) == 0 { settings.rangeLimit = 1 + sizes.below(4) }
        }
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            switch generator.below(20) {
            case 0..<3: create()
            case 3..<7: append()
            case 7: renameOne()
            case 8: linkOne()
            case 9: try removeOne()
            case 10: advance()
            case 11, 12: try commit()
            case 13: try crash()
            default: try poll()
            }
            if failure != nil { return }
        }
        finishLines()
        for _ in 0..<2 {
            while try poll(isFinal: true) {}
            try commit()
            try crash()
        }
        for (index, writer) in writers.enumerated() where !gone.contains(index) || true {
            let expected = Array(0..<writer.written)
            let got = committed[index] ?? []
            if got != expected {
                fail("writer \(index) (\(writer.name)\(writer.suffix)): got \(got), wrote \(writer.written)")
            }
        }
    }

    private let isTraced = ProcessInfo.processInfo.environment["MILLRACE_TRACE"] != nil

    private func trace(_ message: @autoclosure () throws -> String) rethrows {
        if isTraced { print("seed \(seed):", try message()) }
    }

    private mutating func fail(_ message: String) {
        failure = message
        Issue.record("seed \(seed): \(message)")
    }

    // MARK: writers

    private mutating func record(_ writer: Int, _ number: Int) -> [UInt8] {
        let padding = String(repeating: "x", count: generator.below(generator.below(10) == 0 ? 300 : 20))
        guard isQuoted else { return Array("\(writer):\(number):\(padding)\n".utf8) }
        let filling = ["\n", "\"\"", ",", "a"][generator.below(4)]
        return Array("\(writer):\(number):,\"\(padding)\(filling)\(padding)\"\n".utf8)
    }

    private func path(_ writer: Writer) -> String { writer.name + writer.suffix }

    private mutating func newName() -> String {
        names += 1
        // Names neither rise nor fall with time.
        return "f\(names * 7919 % 1000)-\(names)"
    }

    private mutating func create() {
        let index = writers.count
        let suffix = ["", "", "", ".gz", ".zst"][generator.below(5)]
        var writer = Writer(name: newName(), suffix: suffix)
        var text: [UInt8] = isQuoted ? Array("id,text\n".utf8) : []
        for _ in 0..<generator.below(12) {
            text += record(index, writer.written)
            writer.written += 1
        }
        if text.isEmpty, suffix.isEmpty == false { text = [] }
        bed.write(path(writer), pack(text, suffix))
        trace("create \(index) \(path(writer)) \(text.count)")
        writers.append(writer)
    }

    private func pack(_ bytes: [UInt8], _ suffix: String) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        return suffix == ".gz" ? Packed.gzip(text) : suffix == ".zst" ? Packed.zstandard(text) : bytes
    }

    private func someWriter(_ generator: inout TestGenerator) -> Int? {
        let alive = writers.indices.filter { !gone.contains($0) }
        return alive.isEmpty ? nil : alive[generator.below(alive.count)]
    }

    private mutating func append() {
        guard let index = someWriter(&generator) else { return }
        trace("append \(index)")
        if !writers[index].suffix.isEmpty {
            var text: [UInt8] = []
            for _ in 0..<generator.below(4) {
                text += record(index, writers[index].written)
                writers[index].written += 1
            }
            bed.append(path(writers[index]), pack(text, writers[index].suffix))
            return
        }
        for _ in 0..<1 + generator.below(4) {
            var bytes = writers[index].rest
            if bytes.isEmpty {
                bytes = record(index, writers[index].written)
                writers[index].written += 1
            }
            let part = generator.below(2) == 0 ? bytes.count : 1 + generator.below(bytes.count)
            bed.append(path(writers[index]), Array(bytes[..<part]))
            writers[index].rest = Array(bytes[part...])
        }
    }

    private mutating func finishLines() {
        for index in writers.indices where !writers[index].rest.isEmpty {
            bed.append(path(writers[index]), writers[index].rest)
            writers[index].rest = []
        }
    }

    private mutating func renameOne() {
        guard let index = someWriter(&generator) else { return }
        let old = path(writers[index])
        writers[index].name = newName()
        bed.move(old, path(writers[index]))
        trace("rename \(index) \(old) \(path(writers[index]))")
    }

    private mutating func linkOne() {
        guard let index = someWriter(&generator) else { return }
        let old = path(writers[index])
        let name = newName() + writers[index].suffix
        defer { trace("link \(index) \(old) \(name), \(bed.exists(old))") }
        link(bed.path(old), bed.path(name))
        if generator.below(2) == 0 {
            bed.remove(old)
            writers[index].name = String(name.dropLast(writers[index].suffix.count))
        } else {
            writers[index].links.append(name)
        }
    }

    /// Removes a file of which all is committed.
    private mutating func removeOne() throws {
        guard let index = someWriter(&generator) else { return }
        finishLines()
        while try poll() {}
        try commit()
        gone.append(index)
        trace("remove \(index) \(path(writers[index])) \(writers[index].links)")
        bed.remove(path(writers[index]))
        for link in writers[index].links { bed.remove(link) }
    }

    private mutating func advance() {
        // An unfinished record would be taken for a whole one.
        finishLines()
        bed.now.advance(milliseconds: generator.below(3000))
    }

    // MARK: reader

    private mutating func read(_ range: InputRange) throws -> RangeReading {
        let target = 1 + generator.below(generator.below(2) == 0 ? 40 : 3000)
        return try RangeReading(bed.source, range, targetBytes: target)
    }

    @discardableResult
    private mutating func poll(isFinal: Bool = false) throws -> Bool {
        let maximum = 1 + generator.below(generator.below(3) == 0 ? 60 : 2000)
        let ranges = try bed.source.poll(maximumBytes: maximum, isFinal: isFinal)
        if ranges.isEmpty {
            let lag = bed.source.lag()
            let rest = writers.indices.filter { !gone.contains($0) && !writers[$0].rest.isEmpty }
            if rest.isEmpty, lag != 0, isFinal { fail("nothing more comes, but the lag is \(lag)") }
            return false
        }
        let total = ranges.reduce(0) { $0 + $1.byteCount }
        if total > maximum, ranges.count > 1 { fail("\(total) bytes for a limit of \(maximum)") }
        var readings: [RangeReading] = []
        for range in ranges { readings.append(try read(range)) }
        open.append(Epoch(ranges: ranges, readings: readings))
        try trace(
            "poll \(try ranges.map { "\(try FileRange($0))" }) \(readings.map(\.records))"
        )
        for reading in readings where !reading.rejections.isEmpty { fail("rejected: \(reading.rejections)") }
        return true
    }

    private mutating func commit() throws {
        for epoch in open {
            for reading in epoch.readings {
                for record in reading.records {
                    let parts = record.split(separator: ":", omittingEmptySubsequences: false)
                    guard parts.count >= 3, let writer = Int(parts[0]), let number = Int(parts[1]) else {
                        fail("a torn record: \(record)")
                        return
                    }
                    committed[writer, default: []].append(number)
                }
            }
        }
        open = []
        trace("commit")
        // Told whole now and then, else as what changed.
        if let known = position, generator.below(3) > 0 {
            position = known + bed.source.positionChanges()
        } else {
            position = bed.source.position()
        }
        try bed.source.acknowledge()
    }

    private mutating func crash() throws {
        // Of the open epochs the later ones may not have reached the log.
        open = Array(open.prefix(generator.below(open.count + 1)))
        trace("crash, replaying \(open.map(\.ranges.count))")
        try bed.restart(position, replaying: open.flatMap(\.ranges))
        for index in open.indices {
            for (range, before) in zip(open[index].ranges, open[index].readings) {
                let again = try read(range)
                if again.records != before.records || again.offsets != before.offsets
                    || again.names != before.names
                {
                    fail("a range reads as \(again.records) after a crash, as \(before.records) before")
                }
            }
        }
    }
}
