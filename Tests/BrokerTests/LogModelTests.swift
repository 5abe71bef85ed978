import Storage
import TestKit
import Testing

@testable import Broker

/// A log against a list of its records: random appends, reads, deletions, restarts and losses of power.
@Suite struct LogModelTests {
    private struct Model {
        var records: [(offset: Int64, record: SampleRecord)] = []
        var end: Int64 = 0
        /// Producer 7's next sequence.
        var sequence: Int32 = 0
        var lastBatch: (bytes: [UInt8], offset: Int64)?
        var clock: Int64 = 1_700_000_000_000
    }

    private func expectSame(_ place: LogPlace, _ model: Model, _ note: String) throws {
        let found = try place.all(maxBytes: 900)
        #expect(found.map(\.offset) == model.records.map(\.offset), "\(note)")
        #expect(found.map(\.record) == model.records.map(\.record), "\(note)")
        #expect(place.log.bounds.logEnd == model.end, "\(note)")
    }

    private func batch(_ random: inout SeededGenerator, _ model: inout Model, keyed: Bool) -> [SampleRecord] {
        model.clock += Int64(random.below(50))
        return (0...random.below(6)).map { _ in
            var record = SampleRecord.random(&random, keys: 20)
            record.timestamp = model.clock - Int64(random.below(200))
            if keyed, record.key == nil { record.key = [9] }
            return record
        }
    }

    private func append(
        _ place: LogPlace, _ model: inout Model, _ random: inout SeededGenerator
    ) throws {
        let records = batch(&random, &model, keyed: place.settings.isCompacted)
        let compression = random.chance(30) ? random.pick(Compression.allCases) : .none
        let isIdempotent = random.chance(40)
        let bytes = try sampleBatch(
            records, compression, producer: isIdempotent ? 7 : -1, epoch: isIdempotent ? 0 : -1,
            sequence: isIdempotent ? model.sequence : -1)
        // Before the append, as what is on its way when the power goes may be there or not.
        if isIdempotent { model.lastBatch = (bytes, model.end) }
        let appended = try place.log.append(bytes, now: model.clock)
        #expect(appended.baseOffset == model.end)
        if isIdempotent { model.sequence += Int32(records.count) }
        for record in records {
            model.records.append((model.end, record))
            model.end += 1
        }
    }

    private func lookUp(_ place: LogPlace, _ model: Model, _ random: inout SeededGenerator) throws {
        let time = model.clock - Int64(random.below(4000))
        let found = try place.log.firstOffset(atOrAfter: time)
        let expected = model.records.first { $0.record.timestamp >= time }
        #expect(found?.offset == expected?.offset)
        #expect(found?.timestamp == expected?.record.timestamp)
        if let record = model.records.randomElement(using: &random) {
            let fetched = try place.log.fetch(from: record.offset, maxBytes: random.below(600))
            let first = try sampleRecords(in: fetched.bytes).first { $0.offset >= record.offset }
            #expect(first?.offset == record.offset)
            #expect(first?.record == record.record)
        }
    }

    private func step(_ place: LogPlace, _ model: inout Model, _ random: inout SeededGenerator) throws {
        switch random.below(20) {
        case 0:
            let start = model.end - Int64(random.below(30))
            guard start >= place.log.bounds.logStart else { return }
            #expect(try place.log.deleteRecords(before: start) == start)
            model.records.removeAll { $0.offset < start }
        case 1:
            try place.log.close()
            try place.reopen()
            #expect(place.log.report.isClean)
            #expect(place.log.report.readByteCount == 0)
        case 2:
            try place.reopen()
            #expect(place.log.report.isClean)
        case 3:
            guard let last = model.lastBatch, last.offset < model.end else { return }
            let appended = try place.log.append(last.bytes, now: model.clock)
            #expect(appended.isDuplicate)
            #expect(appended.baseOffset == last.offset)
        case 4, 5: try lookUp(place, model, &random)
        case 6:
            try place.log.tick(now: model.clock)
            var settings = place.settings
            settings.retentionMilliseconds = 1000
            place.log.configure(settings)
            _ = try place.log.applyRetention(now: model.clock)
            place.log.configure(place.settings)
            let start = place.log.bounds.logStart
            #expect(
                model.records.prefix { $0.offset < start }.allSatisfy {
                    $0.record.timestamp < model.clock - 1000
                })
            model.records.removeAll { $0.offset < start }
        default: try append(place, &model, &random)
        }
    }

    @Test func `random operations agree with a list of records`() throws {
        for seed in 0..<40 * TestData.effort {
            var random = SeededGenerator(seed: seed)
            var model = Model()
            let place = try LogPlace()
            for number in 0..<80 {
                try step(place, &model, &random)
                if number % 10 == 9 { try expectSame(place, model, "seed \(seed), step \(number)") }
            }
            #expect(place.pool.openCount <= 4)
        }
    }

    @Test func `compaction keeps the last record of each key, and all behind what it has cleaned`() throws {
        for seed in 0..<40 * TestData.effort {
            var random = SeededGenerator(seed: seed)
            var model = Model()
            var settings = LogPlace.smallSettings
            settings.isCompacted = true
            settings.deleteRetentionMilliseconds = 500
            let place = try LogPlace(settings)
            for _ in 0..<8 {
                for _ in 0...random.below(25) { try append(place, &model, &random) }
                let compacted = try place.log.compact(now: model.clock, isForced: true)
                if random.chance(50) { try place.reopen() }
                guard let compacted else { continue }
                let found = try place.all()
                try expectCompacted(found, model, to: compacted.cleanedOffset, "seed \(seed)")
                model.records = found
                model.clock += Int64(random.below(400))
            }
            try expectSame(place, model, "seed \(seed)")
        }
    }

    private func expectCompacted(
        _ found: [(offset: Int64, record: SampleRecord)], _ model: Model, to cleaned: Int64, _ note: String
    ) throws {
        let before = Dictionary(uniqueKeysWithValues: model.records.map { ($0.offset, $0.record) })
        #expect(found.allSatisfy { before[$0.offset] == $0.record }, "\(note)")
        #expect(
            found.filter { $0.offset >= cleaned }.map(\.offset)
                == model.records.map(\.offset).filter { $0 >= cleaned }, "\(note)")
        let clean = found.filter { $0.offset < cleaned }
        #expect(Set(clean.map(\.record.key)).count == clean.count, "\(note)")
        // The last of each key is there, but for tombstones, which may go.
        var last: [[UInt8]?: (offset: Int64, record: SampleRecord)] = [:]
        for entry in model.records where entry.offset < cleaned { last[entry.record.key] = entry }
        let offsets = Set(clean.map(\.offset))
        for entry in last.values where entry.record.value != nil {
            #expect(offsets.contains(entry.offset), "\(note): offset \(entry.offset) is gone")
        }
    }

    @Test func `no acknowledged record is lost with the power`() throws {
        for seed in 0..<60 * TestData.effort {
            var random = SeededGenerator(seed: seed)
            var model = Model()
            var settings = LogPlace.smallSettings
            settings.isCompacted = seed % 3 == 0
            let place = try LogPlace(settings)
            for round in 0..<4 {
                let note = "seed \(seed), round \(round)"
                place.files.crashAt(place.files.operationCount + 1 + random.below(140))
                var before = model
                do {
                    while true {
                        before = model
                        if random.chance(settings.isCompacted ? 20 : 0) {
                            _ = try place.log.compact(now: model.clock, isForced: true)
                            model.records = try place.all()
                        } else if random.chance(4) {
                            let start = model.end - Int64(random.below(20))
                            if start > place.log.bounds.logStart {
                                model.records.removeAll { $0.offset < start }
                                _ = try place.log.deleteRecords(before: start)
                            }
                        } else {
                            try append(place, &model, &random)
                        }
                    }
                } catch {}
                // What was on its way may have come through.
                let onItsWay = model
                try place.losePower(seed: seed &* 31 &+ UInt64(round))
                try expectSurvival(place, before: before, onItsWay, note)
                model = onItsWay
                model.records = try place.all()
                model.end = place.log.bounds.logEnd
                let known = place.log.producers[7]?.batches.last
                model.sequence = known.map { $0.lastSequence + 1 } ?? 0
                model.lastBatch = nil
            }
        }
    }

    private func expectSurvival(
        _ place: LogPlace, before: Model, _ onItsWay: Model, _ note: String
    ) throws {
        let found = try place.all()
        let start = place.log.bounds.logStart
        #expect(place.log.bounds.logEnd >= before.end, "\(note)")
        #expect(place.log.report.damages.isEmpty, "\(note)")
        let there = Dictionary(uniqueKeysWithValues: found.map { ($0.offset, $0.record) })
        // Compaction may have taken what a later record of the key replaces; nothing else is missing.
        var last: [[UInt8]?: Int64] = [:]
        for entry in before.records { last[entry.record.key] = entry.offset }
        for entry in before.records where entry.offset >= start {
            if let record = there[entry.offset] {
                #expect(record == entry.record, "\(note)")
            } else {
                let isReplaced =
                    place.settings.isCompacted
                    && (last[entry.record.key] ?? 0 > entry.offset || entry.record.value == nil)
                #expect(isReplaced, "\(note): offset \(entry.offset) is lost")
            }
        }
        #expect(start <= max(onItsWay.records.first?.offset ?? onItsWay.end, before.end), "\(note)")
    }
}
