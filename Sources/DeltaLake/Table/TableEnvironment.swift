import Glibc

/// What a table needs from the world beside its store: the time and chance.
public struct TableEnvironment: Sendable {
    /// Milliseconds since the epoch.
    public var clock: @Sendable () -> Int64
    /// Any 64 bits; names of files and keys of hashes are made of them.
    public var random: @Sendable () -> UInt64

    public init(
        clock: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0 ... .max) }
    ) {
        self.clock = clock
        self.random = random
    }

    /// The machine's clock.
    public static let system = TableEnvironment(clock: {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    })

    /// A random identifier in the form of a UUID.
    func identifier() -> String { TableEnvironment.identifier(random(), random()) }

    static func identifier(_ high: UInt64, _ low: UInt64) -> String {
        let digits = Array((hex(high) + hex(low)).utf8)
        var text: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
