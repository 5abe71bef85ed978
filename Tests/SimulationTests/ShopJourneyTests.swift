import Testing

@testable import Simulation

@Suite("The shop's visitors make journeys")
struct ShopJourneyTests {
    /// Fifty minutes of a small shop, made once for all tests.
    private static let medallion = Result { try SimulatedLines(configuration(events: 60_000)).events() }

    /// The sessions that had time to end, each in the order of its events.
    private static func sessions(_ all: [SimulatedEvent]) throws -> [[SimulatedEvent]] {
        let last = try #require(all.last).time
        let sessions = Dictionary(grouping: all, by: \.session).values
        return sessions.filter { $0[0].time < last - 15 * 60_000 }
    }

    private func share(_ sessions: [[SimulatedEvent]], _ isCounted: ([SimulatedEvent]) -> Bool) -> Double {
        Double(sessions.count(where: isCounted)) / Double(sessions.count)
    }

    @Test("35 % bounce, 30 % fill a cart, half of these purchase")
    func shares() throws {
        let sessions = try Self.sessions(Self.medallion.get())
        #expect(sessions.count > 5000)
        let bounces = share(sessions) { $0.count == 1 }
        let carts = share(sessions) { $0.contains { $0.type == "add_to_cart" } }
        let purchases = share(sessions) { $0.contains { $0.type == "purchase" } }
        #expect(abs(bounces - 0.35) < 0.02, "\(bounces)")
        #expect(abs(carts - 0.30) < 0.02, "\(carts)")
        #expect(abs(purchases / carts - 0.5) < 0.04, "\(purchases / carts)")
    }

    @Test(
        "carts add up and purchases take out what was put in",
        arguments: [
            ShopProfile.medallion, .shopsight, .sessions,
        ])
    func carts(profile: ShopProfile) throws {
        for session in try Self.sessions(SimulatedLines(configuration(profile, events: 24_000)).events()) {
            var cart: [(product: String, quantity: Int, cents: Int)] = []
            var viewed: Set<String> = []
            for event in session {
                let product = event.product ?? ""
                switch event.type {
                case "add_to_cart", "item_added_to_cart":
                    let quantity = try #require(event.quantity)
                    #expect(viewed.contains(product), "what is bought has been looked at")
                    cart.append((product, quantity, try #require(event.cents) * quantity))
                case "purchase", "item_removed_from_cart":
                    let line = cart.lastIndex { $0.product == product && $0.quantity == event.quantity }
                    let index = try #require(line, "\(event.type) of what is in no cart")
                    cart.remove(at: index)
                case "checkout_start", "checkout_started":
                    #expect(!cart.isEmpty)
                default:
                    viewed.insert(product)
                    #expect(event.quantity == nil)
                }
                #expect(event.cartCents == cart.reduce(0) { $0 + $1.cents })
                #expect(event.cartItems == cart.reduce(0) { $0 + $1.quantity })
            }
            if session.contains(where: { $0.type == "purchase" }) { #expect(cart.isEmpty) }
        }
    }

    @Test("every type of the profile occurs, and no other", arguments: ShopProfile.allCases)
    func vocabulary(profile: ShopProfile) throws {
        let tally = try SimulatedLines(configuration(profile, events: 20_000)).tally
        #expect(tally.countsByType.map(\.name) == profile.eventTypes)
        #expect(tally.countsByType.allSatisfy { $0.count > 20 }, "\(tally.countsByType)")
        #expect(tally.countsByType.reduce(0) { $0 + $1.count } == tally.events)
    }

    @Test("profiles have the vocabularies their pipelines know")
    func documentedVocabularies() {
        #expect(Set(ShopProfile.medallion.eventTypes) == ["page_view", "add_to_cart", "purchase", "search"])
        #expect(
            Set(ShopProfile.shopsight.eventTypes)
                == ["product_view", "product_click", "add_to_cart", "checkout_start", "purchase"])
        #expect(
            Set(ShopProfile.sessions.eventTypes) == [
                "page_viewed", "product_viewed", "item_added_to_cart", "item_removed_from_cart",
                "checkout_started", "purchase",
            ])
        #expect(
            Set(ShopProfile.csv.eventTypes) == [
                "view", "click", "add_to_cart", "remove_from_cart", "purchase",
            ])
    }

    @Test("a few products are the best sellers, by Zipf's law")
    func bestSellers() throws {
        let events = try Self.medallion.get()
        let views = events.filter { $0.type == "page_view" }.compactMap(\.product)
        let counts = Dictionary(grouping: views, by: { $0 }).values.map(\.count).sorted(by: >)
        let total = Double(views.count)
        let harmonic = (1...1000).reduce(0.0) { $0 + 1 / Double($1) }
        #expect(counts.count > 900)
        #expect(abs(Double(counts[0]) / total - 1 / harmonic) < 0.01)
        for rank in [2, 5, 10, 50] {
            let expected = total / harmonic / Double(rank)
            #expect(abs(Double(counts[rank - 1]) - expected) < 5 * expected.squareRoot(), "rank \(rank)")
        }
    }

    @Test("bots view over 50 pages a minute, people never")
    func bots() throws {
        var configuration = configuration(events: 40_000)
        configuration.bots = 2
        let lines = try SimulatedLines(configuration)
        let events = try lines.events()
        let windows = Dictionary(grouping: events) { "\($0.user) \($0.time / 60_000)" }.mapValues(\.count)
        let flagged = Set(
            windows.filter { $0.value > 50 }.map { $0.key.prefix { $0 != " " } }.map(String.init))
        #expect(flagged == ["bot_0001", "bot_0002"])

        let botEvents = events.filter { $0.user.hasPrefix("bot_") }
        #expect(botEvents.count == lines.tally.botEvents)
        #expect(botEvents.allSatisfy { $0.type == "page_view" })
        for visit in Dictionary(grouping: botEvents, by: \.session).values where visit.count > 150 {
            let minutes = Double(visit[visit.count - 1].time - visit[0].time) / 60_000
            #expect(Double(visit.count) / minutes > 90)
            #expect(minutes >= 1.2)
        }
    }

    @Test("the rate is kept from the first second on")
    func rate() throws {
        let lines = try SimulatedLines(configuration(events: 12_000, rate: 200)).lines
        let perSecond = Dictionary(grouping: lines) { ($0.arrival - ShopSimulation.defaultStart) / 1000 }
        #expect(perSecond.count == 60)
        for (second, lines) in perSecond { #expect(abs(lines.count - 200) <= 1, "second \(second)") }
    }

    @Test("unpaced, nights are quiet and evenings busy, around the asked rate")
    func dayAndNight() throws {
        var clock = ShopSimulation.defaultStart
        var random = RandomSource(seed: 1)
        var arrivals = ArrivalClock(start: clock, eventsPerSecond: 10, followsDay: true, random: &random)
        var perHour: [Int64: Int] = [:]
        while clock < ShopSimulation.defaultStart + 86_400_000 {
            perHour[clock / 3_600_000 % 24, default: 0] += 1
            arrivals.advance(&random)
            clock = arrivals.next
        }
        let sum = perHour.values.reduce(0, +)
        #expect(abs(Double(sum) / 864_000 - 1) < 0.01)
        let night = perHour[3, default: 0]
        let evening = perHour[20, default: 0]
        #expect(evening > 4 * night)
    }

    @Test("events arrive in the order of their times when none is late")
    func order() throws {
        let lines = try SimulatedLines(configuration(events: 5000))
        let times = try lines.events().map(\.time)
        #expect(times == times.sorted())
        #expect(times == lines.lines.map(\.arrival))
        #expect(lines.tally.firstEventTime == times.first)
        #expect(lines.tally.lastEventTime == times.last)
    }
}
