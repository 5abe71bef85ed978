/// The people (and bots) who may visit, and the tables of what they differ in.
struct Audience: Sendable {
    struct Agent: Sendable {
        var weight: Double
        var platform: String
        var device: String
        var userAgent: String
    }

    static let segments = ["regular", "new", "vip"]
    static let platforms = ["web", "ios", "android"]
    static let devices = ["mobile", "desktop", "tablet"]

    /// Bots' agents stand behind the shoppers'.
    static let agents = shopperAgents + botAgents

    private static let salt: UInt64 = 0x5348_4F50

    /// How many shoppers there are; numbers run from 1.
    let population: Int
    private let segmentTable = AliasTable(weights: [70, 22, 8])
    private let agentTable = AliasTable(weights: Audience.shopperAgents.map(\.weight))
    private let countryTable = AliasTable(weights: Audience.countries.map(\.weight))

    /// Enough people that hardly anybody shops twice at once: 500 for each event a second.
    init(eventsPerSecond: Double) {
        population = Int(min(max(eventsPerSecond * 500, 2000), 9_999_999))
    }

    /// A shopper at random: three visits in ten are made by the most loyal twentieth.
    func drawShopper(_ random: inout RandomSource) -> Visitor {
        let isLoyal = random.chance(0.3)
        return shopper(number: random.below(isLoyal ? population / 20 : population) + 1)
    }

    func shopper(number: Int) -> Visitor {
        let key = RandomSource.mixed(Self.salt, step: UInt64(truncatingIfNeeded: number))
        return Visitor(
            number: UInt32(truncatingIfNeeded: number), isBot: false,
            segment: UInt8(segmentTable.index(for: RandomSource.mixed(key, step: 1))),
            agent: UInt8(agentTable.index(for: RandomSource.mixed(key, step: 2))),
            country: UInt8(countryTable.index(for: RandomSource.mixed(key, step: 3))),
            address: UInt32(truncatingIfNeeded: RandomSource.mixed(key, step: 4)) & 0xFF_FFFF)
    }

    func bot(number: Int) -> Visitor {
        let key = RandomSource.mixed(~Self.salt, step: UInt64(truncatingIfNeeded: number))
        return Visitor(
            number: UInt32(truncatingIfNeeded: number), isBot: true, segment: 1,
            agent: UInt8(Self.shopperAgents.count + number % Self.botAgents.count),
            country: UInt8(countryTable.index(for: RandomSource.mixed(key, step: 1))),
            address: 0x12_0000 | UInt32(truncatingIfNeeded: key) & 0xFFFF)
    }

    static let countries: [(code: String, weight: Double)] = [
        ("US", 30), ("DE", 14), ("GB", 12), ("FR", 9), ("IN", 8), ("BR", 6), ("JP", 5), ("CA", 4), ("AU", 3),
        ("NL", 3), ("ES", 2), ("IT", 2), ("SE", 1), ("PL", 1),
    ]

    private static let shopperAgents = [
        Agent(
            weight: 22, platform: "web", device: "desktop",
            userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36"),
        Agent(
            weight: 8, platform: "web", device: "desktop",
            userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15"),
        Agent(
            weight: 4, platform: "web", device: "desktop",
            userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"),
        Agent(
            weight: 18, platform: "web", device: "mobile",
            userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148 Safari/604.1"),
        Agent(
            weight: 14, platform: "web", device: "mobile",
            userAgent: "Mozilla/5.0 (Linux; Android 15; K) Chrome/131.0.0.0 Mobile Safari/537.36"),
        Agent(weight: 13, platform: "ios", device: "mobile", userAgent: "ShopApp/7.4 (iPhone; iOS 18.1)"),
        Agent(
            weight: 14, platform: "android", device: "mobile", userAgent: "ShopApp/7.4 (Android 15; Mobile)"),
        Agent(weight: 4, platform: "ios", device: "tablet", userAgent: "ShopApp/7.4 (iPad; iPadOS 18.1)"),
        Agent(
            weight: 3, platform: "web", device: "tablet",
            userAgent: "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"),
    ]

    private static let botAgents = [
        Agent(
            weight: 1, platform: "web", device: "desktop",
            userAgent: "PriceWatch/2.1 (+https://bots.example/pricewatch)"),
        Agent(weight: 1, platform: "web", device: "desktop", userAgent: "python-requests/2.32.3"),
        Agent(
            weight: 1, platform: "web", device: "desktop",
            userAgent: "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/131.0"),
    ]
}
