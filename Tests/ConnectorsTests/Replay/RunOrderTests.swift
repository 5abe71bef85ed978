import TestKit
import Testing

@testable import Connectors

/// The order of records that is found in data files is the one in which the pipeline took them.
@Suite struct RunOrderTests {
    /// A record as the source gave it.
    struct Record: Hashable {
        let epoch: Int64
        let source: Int32
        let offset: Int64
    }

    /// Data files by rows, and the order that is to be found.
    struct Layout {
        var taken: [Record] = []
        var files: [[Record]] = []
        /// By the number of a source's file: the order of discovery.
        var places: [Int] = []

        var runs: [[BronzeRun]] {
            files.enumerated().map { number, rows in
                var runs: [BronzeRun] = []
                for (row, record) in rows.enumerated() {
                    if let last = runs.last, last.clock == record.epoch, last.source == record.source,
                        record.offset > last.last
                    {
                        runs[runs.count - 1].count += 1
                        runs[runs.count - 1].last = record.offset
                    } else {
                        runs.append(
                            BronzeRun(
                                file: Int32(number), group: 0, row: Int32(row), count: 1, clock: record.epoch,
                                source: record.source, first: record.offset, last: record.offset))
                    }
                }
                return runs
            }
        }

        func rows(of run: BronzeRun) -> ArraySlice<Record> {
            files[Int(run.file)][Int(run.row)..<Int(run.row + run.count)]
        }

        func found() -> [Record] {
            let order = BronzeRunOrder(places: places)
            return order.arranged(runs) { run in rows(of: run).map(\.offset)[...] }.flatMap(rows)
        }
    }

    /// How files of the source come.
    enum Arrival {
        /// One after another.
        case whole
        /// Several grow at once.
        case growing
    }

    private func taken(_ arrival: Arrival, _ random: inout some RandomNumberGenerator) -> Layout {
        var layout = Layout()
        var next: [Int32: Int64] = [:]
        var discovered: [Int32] = []
        var names = (0..<12).map(Int32.init).shuffled(using: &random)
        for epoch in 1...Int64.random(in: 1...4, using: &random) {
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let source: Int32
                if arrival == .whole || discovered.isEmpty || Bool.random(using: &random),
                    let new = names.popLast()
                {
                    source = new
                    discovered.append(new)
                } else if arrival == .growing, let old = discovered.randomElement(using: &random) {
                    source = old
                } else {
                    continue
                }
                for _ in 0..<Int.random(in: 1...20, using: &random) {
                    let offset = next[source] ?? 0
                    layout.taken.append(Record(epoch: epoch * 1000, source: source, offset: offset))
                    next[source] = offset + Int64.random(in: 1...300, using: &random)
                }
            }
        }
        layout.places = (0..<12).map { name in discovered.firstIndex(of: Int32(name)) ?? Int.max }
        return layout
    }

    /// Gives the rows of each epoch to writers part by part, as a sink does, and joins files now and then, as
    /// its maintenance does.
    private func write(
        _ layout: inout Layout, writers count: Int, _ random: inout some RandomNumberGenerator
    ) {
        var files: [[Record]] = []
        for epoch in Set(layout.taken.map(\.epoch)).sorted() {
            var rest = layout.taken.filter { $0.epoch == epoch }[...]
            var writers = [[Record]](repeating: [], count: count)
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...15, using: &random))
                writers[Int.random(in: 0..<count, using: &random)] += part
                rest = rest.dropFirst(part.count)
            }
            files += writers.filter { !$0.isEmpty }
        }
        while files.count > 1, Bool.random(using: &random) {
            let second = files.remove(at: Int.random(in: 1..<files.count, using: &random))
            let first = files.remove(at: Int.random(in: 0..<files.count, using: &random))
            // Files of one epoch are joined in the order in which they were written, so far as that is known.
            if first.first?.epoch != second.first?.epoch || count == 1 {
                files.append(first + second)
            } else {
                files += [first, second]
            }
        }
        layout.files = files.shuffled(using: &random)
    }

    @Test(arguments: UInt64(0)..<200) func rowsOfOneWriterComeAsTheyLie(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for arrival in [Arrival.whole, .growing] {
            var layout = taken(arrival, &random)
            write(&layout, writers: 1, &random)
            #expect(layout.found() == layout.taken, "seed \(seed), \(arrival)")
        }
    }

    @Test(arguments: UInt64(0)..<200) func wholeFilesOfSeveralWritersComeInTheOrderOfDiscovery(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var layout = taken(.whole, &random)
        write(&layout, writers: 3, &random)
        #expect(layout.found() == layout.taken, "seed \(seed)")
    }

    /// What nothing tells is free, but no record may pass another of its file, nor be lost.
    @Test(arguments: UInt64(0)..<200) func noRecordPassesAnotherOfItsFile(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var layout = taken(.growing, &random)
        write(&layout, writers: 3, &random)
        if seed % 2 == 1 { layout.files = layout.files.map { $0.shuffled(using: &random) } }
        let found = layout.found()
        #expect(found.count == layout.taken.count && Set(found) == Set(layout.taken), "seed \(seed)")
        #expect(found.map(\.epoch) == found.map(\.epoch).sorted(), "seed \(seed)")
        for source in Set(found.map(\.source)) {
            let offsets = found.filter { $0.source == source }.map(\.offset)
            #expect(offsets == offsets.sorted(), "seed \(seed), file \(source)")
        }
    }
}
