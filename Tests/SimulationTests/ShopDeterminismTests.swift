import Testing

@testable import Simulation

@Suite("The shop is reproducible")
struct ShopDeterminismTests {
    static func faulty(_ profile: ShopProfile, seed: UInt64 = 7) -> SimulationConfiguration {
        var faulty = configuration(profile, events: 8000, seed: seed)
        faulty.duplicates = 0.03
        faulty.late = 0.03
        faulty.malformed = 0.03
        faulty.bots = 2
        return faulty
    }

    @Test("the same seed gives the same bytes", arguments: ShopProfile.allCases)
    func sameSeed(profile: ShopProfile) throws {
        let once = try SimulatedLines.bytes(Self.faulty(profile))
        let again = try SimulatedLines.bytes(Self.faulty(profile))
        #expect(once == again)
    }

    @Test("different seeds give different events")
    func otherSeed() throws {
        let one = try SimulatedLines(configuration(events: 2000, seed: 1)).events()
        let two = try SimulatedLines(configuration(events: 2000, seed: 2)).events()
        #expect(Set(one.map(\.id)).isDisjoint(with: two.map(\.id)))
        #expect(Set(one.map(\.session)).isDisjoint(with: two.map(\.session)))
    }

    @Test("the bytes do not depend on how the calls cut them", arguments: [1, 7, 997, 100_000])
    func chunks(lines: Int) throws {
        let whole = try SimulatedLines.bytes(Self.faulty(.medallion), chunk: 8000)
        #expect(try SimulatedLines.bytes(Self.faulty(.medallion), chunk: lines) == whole)
    }

    @Test("deadlines cut the lines but do not change them")
    func deadlines() throws {
        let configuration = Self.faulty(.medallion)
        let whole = try SimulatedLines.bytes(configuration)
        var simulation = try ShopSimulation(configuration: configuration)
        var buffer = LineBuffer()
        var deadline = ShopSimulation.defaultStart
        while let next = simulation.nextArrival {
            _ = simulation.append(upTo: 10_000, arrivingBefore: deadline, to: &buffer)
            if let left = simulation.nextArrival { #expect(left >= deadline) }
            #expect(next <= deadline + 1000)
            deadline += 333
        }
        #expect(buffer.withBytes { Array($0) } == whole)
    }

    @Test("the bytes of a seed are the same on every machine")
    func goldenBytes() throws {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in try SimulatedLines.bytes(Self.faulty(.medallion)) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        // Changes whenever the simulation does; then take the new value over.
        #expect(hash == 16_791_252_994_977_649_043)
    }

    @Test("users and products stay who they are in every run")
    func stableTraits() throws {
        let runs = try [1, 2].map { try SimulatedLines(configuration(events: 6000, seed: $0)).events() }
        var traits: [String: String] = [:]
        var products: [String: String] = [:]
        for event in runs.joined() {
            func text(_ key: String) -> String { event.object[key] as? String ?? "" }
            let who = ["user_segment", "user_agent", "ip_address", "platform", "device", "country"].map(text)
            let known = traits.updateValue(who.joined(separator: "|"), forKey: event.user)
            #expect(known == nil || known == who.joined(separator: "|"))
            guard let product = event.product else { continue }
            let what = text("product_name") + text("category") + "\(event.cents ?? -1)"
            let same = products.updateValue(what, forKey: product)
            #expect(same == nil || same == what)
        }
        #expect(traits.count > 500)
        #expect(products.count > 300)
    }
}
