import Columnar
import Glibc
import Synchronization

/// A time zone: UTC offsets and when they change.
///
/// Fixed offsets need nothing; named zones are read from the system's zone files (TZif, RFC 8536).
struct ZoneRules: Sendable {
    /// Seconds since the epoch from which on the kind holds.
    private let transitions: [Int64]
    private let kinds: [UInt8]
    private let types: [Kind]
    /// The rule for times behind the last transition.
    private let later: DaylightRule?
    /// As it was asked for.
    let name: String

    struct Kind: Sendable {
        let offset: Int
        let abbreviation: String
    }

    static let utc = ZoneRules(fixed: 0, name: "UTC")

    init(fixed offset: Int, name: String) {
        transitions = []
        kinds = []
        types = [Kind(offset: offset, abbreviation: name)]
        later = nil
        self.name = name
    }

    /// The offset in seconds and the abbreviation in force at a time in seconds since the epoch.
    func kind(at seconds: Int64) -> Kind {
        guard let last = transitions.last else { return types[0] }
        if seconds >= last, let later { return later.kind(at: seconds) }
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? types[0] : types[Int(kinds[low - 1])]
    }

    func offsetMilliseconds(at milliseconds: Int64) -> Int64 {
        transitions.isEmpty
            ? Int64(types[0].offset) * 1000
            : Int64(kind(at: Civil.floorDivide(milliseconds, 1000)).offset) * 1000
    }

    /// The instant of a local time. A time that comes twice is the earlier one; a time that is skipped
    /// moves on by the gap.
    func instant(ofLocal milliseconds: Int64) -> Int64 {
        let before = offsetMilliseconds(at: milliseconds &- Civil.millisecondsPerDay)
        let after = offsetMilliseconds(at: milliseconds &+ Civil.millisecondsPerDay)
        for offset in [before, after]
        where offsetMilliseconds(at: milliseconds &- offset) == offset {
            return milliseconds &- offset
        }
        return milliseconds &- before
    }

    // MARK: Names

    private static let known = Mutex<[String: ZoneRules?]>([:])

    /// `UTC`, `Z`, `+02:00`, `GMT-5`, or a name of the zone database such as `Europe/London`; nil for others.
    static func named(_ name: String) -> ZoneRules? {
        if let offset = fixedOffset(name) { return ZoneRules(fixed: offset, name: name) }
        return known.withLock { known in
            if let rules = known[name] { return rules }
            let file = shortNames[name] ?? name
            let rules = read(file, name: name)
            // Names come from data too: don't let them fill the memory.
            if known.count < 1024 { known[name] = .some(rules) }
            return rules
        }
    }

    /// Abbreviations that mean a zone with its daylight saving.
    private static let shortNames = [
        "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MST": "America/Denver",
        "MDT": "America/Denver", "CST": "America/Chicago", "CDT": "America/Chicago",
        "EST": "America/New_York", "EDT": "America/New_York", "BST": "Europe/London",
        "CET": "Europe/Paris", "CEST": "Europe/Paris", "EET": "Europe/Athens", "EEST": "Europe/Athens",
        "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
    ]

    /// Seconds of `Z`, `UTC`, `GMT`, `UT` and of an offset, alone or behind one of these.
    private static func fixedOffset(_ name: String) -> Int? {
        var text = Substring(name)
        for prefix in ["UTC", "GMT", "UT"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
            break
        }
        if text.isEmpty { return name.isEmpty ? nil : 0 }
        if name == "Z" || name == "z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), [1, 2, 4, 6].contains(digits.count),
            let number = Int(digits)
        else { return nil }
        let (hours, minutes, seconds) =
            digits.count <= 2
            ? (number, 0, 0)
            : digits.count == 4
                ? (number / 100, number % 100, 0) : (number / 10_000, number / 100 % 100, number % 100)
        guard hours <= 18, minutes < 60, seconds < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
    }

    // MARK: Zone files

    private static func read(_ file: String, name: String) -> ZoneRules? {
        let isPlain = file.utf8.allSatisfy { byte in
            (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57)
                || [UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
        }
        guard isPlain, !file.isEmpty, !file.hasPrefix("/") else { return nil }
        guard let stream = fopen("/usr/share/zoneinfo/" + file, "rb") else { return nil }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, stream)
        return ZoneRules(file: Array(bytes[..<count]), name: name)
    }

    /// Reads the second, 64-bit part of a zone file; nil when it is malformed.
    init?(file bytes: [UInt8], name: String) {
        var reader = Reader(bytes: bytes)
        guard let first = reader.header(), reader.skip(first.bodyBytes(timeBytes: 4)),
            let header = reader.header()
        else { return nil }
        var transitions: [Int64] = []
        for _ in 0..<header.times {
            guard let time = reader.number(8) else { return nil }
            transitions.append(time)
        }
        guard let kinds = reader.take(header.times) else { return nil }
        var raw: [(offset: Int, name: Int)] = []
        for _ in 0..<header.types {
            guard let offset = reader.number(4), let flags = reader.take(2) else { return nil }
            raw.append((Int(Int32(truncatingIfNeeded: offset)), Int(flags[1])))
        }
        guard let names = reader.take(header.characters), !raw.isEmpty,
            reader.skip(header.leaps * 12 + header.standards + header.universals),
            kinds.allSatisfy({ Int($0) < raw.count })
        else { return nil }
        self.transitions = transitions
        self.kinds = kinds
        types = raw.map { kind in
            let text = names.dropFirst(kind.name).prefix { $0 != 0 }
            return Kind(offset: kind.offset, abbreviation: String(decoding: text, as: UTF8.self))
        }
        later = DaylightRule(String(decoding: reader.rest, as: UTF8.self))
        self.name = name
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        struct Header {
            let universals, standards, leaps, times, types, characters: Int

            func bodyBytes(timeBytes: Int) -> Int {
                times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + standards
                    + universals
            }
        }

        var rest: ArraySlice<UInt8> { bytes[min(position, bytes.count)...].filter { $0 != 10 }[...] }

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func skip(_ count: Int) -> Bool {
            guard count >= 0, position + count <= bytes.count else { return false }
            position += count
            return true
        }

        mutating func take(_ count: Int) -> [UInt8]? {
            let start = position
            return skip(count) ? Array(bytes[start..<position]) : nil
        }

        mutating func number(_ width: Int) -> Int64? {
            guard let taken = take(width) else { return nil }
            return taken.reduce(0) { $0 << 8 | Int64($1) }
        }

        mutating func header() -> Header? {
            guard let magic = take(20), magic.starts(with: Array("TZif".utf8)), magic[4] >= UInt8(ascii: "2")
            else { return nil }
            var counts: [Int] = []
            for _ in 0..<6 {
                guard let count = number(4), count < 100_000 else { return nil }
                counts.append(Int(count))
            }
            return Header(
                universals: counts[0], standards: counts[1], leaps: counts[2], times: counts[3],
                types: counts[4], characters: counts[5])
        }
    }
}
