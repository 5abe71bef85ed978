import Testing

@testable import Simulation

@Suite("The shop's faults")
struct ShopFaultTests {
    static func faulty(_ profile: ShopProfile = .medallion, events: Int = 40_000) -> SimulationConfiguration {
        var faulty = configuration(profile, events: events, seed: 11)
        faulty.duplicates = 0.05
        faulty.late = 0.04
        faulty.malformed = 0.03
        return faulty
    }

    private static let medallion = Result { try SimulatedLines(faulty()) }

    @Test("come in the shares asked for, and are counted")
    func shares() throws {
        let simulated = try Self.medallion.get()
        let tally = simulated.tally
        #expect(tally.lines == 40_000)
        #expect(simulated.lines.count == 40_000)
        #expect(tally.events + tally.duplicates + tally.malformed == 40_000)
        #expect(abs(Double(tally.duplicates) / 40_000 - 0.05) < 0.004, "\(tally.duplicates)")
        #expect(abs(Double(tally.malformed) / 40_000 - 0.03) < 0.004, "\(tally.malformed)")
        #expect(abs(Double(tally.late) / 40_000 - 0.04) < 0.004, "\(tally.late)")
        #expect(tally.malformedByKind.allSatisfy { $0.count > 50 })
        #expect(tally.malformedByKind.reduce(0) { $0 + $1.count } == tally.malformed)
    }

    @Test("a duplicate repeats an earlier line byte for byte within a minute")
    func duplicates() throws {
        let simulated = try Self.medallion.get()
        var arrivals: [[UInt8]: Int64] = [:]
        var repeats = 0
        for line in simulated.lines where !line.isMalformed {
            if line.isDuplicate {
                repeats += 1
                let first = try #require(arrivals[line.bytes], "a repeat of nothing")
                // Where several lines are due at once, each waits for its slot.
                #expect(line.arrival > first && line.arrival <= first + 61_000)
            } else {
                #expect(arrivals.updateValue(line.arrival, forKey: line.bytes) == nil)
            }
        }
        #expect(repeats == simulated.tally.duplicates)
        let ids = try simulated.events().map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test("late events stay within five minutes, repeats of them included within ten")
    func lateness() throws {
        let simulated = try Self.medallion.get()
        var newest = ShopSimulation.defaultStart
        var late = 0
        for line in simulated.lines where !line.isMalformed {
            let time = try SimulatedEvent(json: line.bytes).time
            #expect(time <= line.arrival)
            #expect(newest - time < 600_000)
            if line.isDuplicate { continue }
            #expect(line.arrival - time <= 302_000)
            if time < newest { late += 1 }
            newest = max(newest, time)
        }
        #expect(late == simulated.tally.late)
    }

    @Test("no late event is lost: carts add up in the order of event times")
    func complete() throws {
        let events = try Self.medallion.get().events()
        for session in Dictionary(grouping: events, by: \.session).values {
            var total = 0
            for event in session.sorted(by: { $0.time < $1.time }) {
                let worth = (event.cents ?? 0) * (event.quantity ?? 0)
                if event.type == "add_to_cart" { total += worth }
                if event.type == "purchase" { total -= worth }
                #expect(event.cartCents == total)
            }
        }
    }

    @Test(
        "every malformed line is invalid, every other valid",
        arguments: [
            ShopProfile.medallion, .shopsight, .sessions,
        ])
    func malformedJSON(profile: ShopProfile) throws {
        let types = Set(profile.eventTypes)
        var reasons: Set<String> = []
        for line in try SimulatedLines(Self.faulty(profile, events: 8000)).lines {
            let violation = MedallionRules.violation(json: line.bytes, types: types)
            #expect((violation != nil) == line.isMalformed, "\(line.text): \(violation ?? "valid")")
            if let violation { reasons.insert(violation) }
            #expect(!line.bytes.contains(0x0A) && !line.bytes.isEmpty)
        }
        #expect(
            reasons.isSuperset(of: [
                "not UTF-8", "not a JSON object", "type", "event_id", "user_id", "session_id", "price",
                "quantity",
                "timestamp",
            ]), "\(reasons)")
    }

    @Test(
        "malformed CSV lines are invalid, each on a line of its own",
        arguments: [
            ShopProfile.csv, .medallion,
        ])
    func malformedCSV(profile: ShopProfile) throws {
        var configuration = Self.faulty(profile, events: 8000)
        configuration.format = .csv
        let simulated = try SimulatedLines(configuration)
        let columns = simulated.header.dropLast().split(separator: ",").map(String.init)
        var reasons: Set<String> = []
        for line in simulated.lines {
            let violation = MedallionRules.violation(
                csv: line.bytes, columns: columns, types: Set(profile.eventTypes))
            #expect((violation != nil) == line.isMalformed, "\(line.text): \(violation ?? "valid")")
            if let violation { reasons.insert(violation) }
            #expect(violation != "quotes", "an open quote would swallow the next line")
        }
        #expect(
            reasons.isSuperset(of: [
                "not UTF-8", "type", "event_id", "user_id", "session_id", "price", "quantity", "timestamp",
                "1 fields", "\(columns.count + 1) fields",
            ]), "\(reasons)")
    }

    @Test("heavy faults keep their shares and the number of lines")
    func heavy() throws {
        var heavy = configuration(events: 20_000)
        heavy.duplicates = 0.6
        heavy.late = 0.1
        heavy.malformed = 0.2
        let tally = try SimulatedLines(heavy).tally
        #expect(tally.lines == 20_000)
        #expect(abs(Double(tally.malformed) / 20_000 - 0.2) < 0.02, "\(tally.malformed)")
        #expect(abs(Double(tally.duplicates) / 20_000 - 0.6) < 0.03, "\(tally.duplicates)")
    }

    @Test("a run of a single line works")
    func singleLine() throws {
        var single = Self.faulty(events: 1)
        single.late = 0.8
        #expect(try SimulatedLines(single).tally.lines == 1)
    }
}
