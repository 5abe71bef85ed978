import Columnar
import Formats
import Runtime
import Simulation

/// Counts over events, line by line.
struct EventTally {
    private(set) var lines = 0
    private(set) var bytes = 0
    private(set) var files: Set<String> = []
    /// Well-formed lines, repeats included, by type.
    private(set) var byType: [String: Int] = [:]
    private(set) var malformed: [String: Int] = [:]
    private(set) var duplicates = 0
    private(set) var users = KeyCounts(keepsNames: true)
    private(set) var sessions = KeyCounts(keepsNames: false)
    private(set) var products = KeyCounts(keepsNames: true)
    /// Event times in milliseconds since 1970.
    private(set) var first: Int64?
    private(set) var last: Int64?
    private(set) var outOfOrder = 0
    /// The longest time, in milliseconds, that an event came behind a later one.
    private(set) var greatestDelay: Int64 = 0
    private(set) var future = 0
    /// Events by minute since 1970.
    private(set) var minutes: [Int64: Int] = [:]

    /// Events of users called `bot_…`, by type.
    private(set) var botEvents: [String: Int] = [:]
    private var seen: Set<Fingerprint> = []
    /// Types as they are written, by fingerprint, to what they are called.
    private var types: [Fingerprint: String] = [:]
    private let latestTime: Int64
    private static let seed = Fingerprint(low: 0x6D69_6C6C, high: 0x7261_6365)
    private static let productTypes: Set = ["page_view", "add_to_cart", "purchase"]

    /// - Parameter latestTime: events after it are in the future; milliseconds since 1970.
    init(latestTime: Int64) { self.latestTime = latestTime }

    var malformedCount: Int { malformed.values.reduce(0, +) }
    var wellFormed: Int { lines - malformedCount }

    mutating func add(_ part: EventInput.Part) {
        files.insert(part.fileName)
        bytes += part.byteCount
        lines += part.records.count
        var errors = part.records.errors[...]
        for row in 0..<part.records.count {
            if let error = errors.first, error.row == row {
                errors.removeFirst()
                reject(error.reason.code.rawValue)
            } else {
                add(part.columns, row)
            }
        }
        for rejection in part.rejections {
            lines += 1
            reject(rejection.reason.code.rawValue)
        }
    }

    private mutating func reject(_ reason: String) { malformed[reason, default: 0] += 1 }

    private mutating func add(_ columns: [Column?], _ row: Int) {
        func key(_ column: EventInput.Column) -> Fingerprint? {
            guard let values = columns[column.rawValue], values.isValid(row) else { return nil }
            let bytes = values.bytes(at: row)
            return bytes.baseAddress.flatMap {
                bytes.isEmpty ? nil : Fingerprint.of($0, bytes.count, seed: Self.seed)
            }
        }
        func text(_ column: EventInput.Column) -> String { columns[column.rawValue]?.string(at: row) ?? "" }
        guard let identity = key(.eventID) else { return reject("missing_event_id") }
        guard let typeKey = key(.eventType) else { return reject("missing_event_type") }
        guard let user = key(.userID) else { return reject("missing_user_id") }
        guard let session = key(.sessionID) else { return reject("missing_session_id") }
        guard let time = time(columns, row) else { return reject("bad_time") }
        if let price = columns[EventInput.Column.price.rawValue], price.isValid(row),
            !(price.doubles[row] >= 0)
        {
            return reject("negative_price")
        }
        if let quantity = columns[EventInput.Column.quantity.rawValue], quantity.isValid(row),
            quantity.int64s[row] < 0
        {
            return reject("negative_quantity")
        }
        let type = name(typeKey, text(.eventType))
        let product = key(.productID)
        if product == nil, Self.productTypes.contains(type) { return reject("missing_product_id") }

        byType[type, default: 0] += 1
        if !seen.insert(identity).inserted {
            duplicates += 1
            return
        }
        users.add(user, name: text(.userID))
        if text(.userID).hasPrefix("bot_") { botEvents[type, default: 0] += 1 }
        sessions.add(session, name: "")
        if let product { products.add(product, name: text(.productID)) }
        add(time)
    }

    private mutating func add(_ time: Int64) {
        if time > latestTime { future += 1 }
        first = min(first ?? time, time)
        if let last, time < last {
            outOfOrder += 1
            greatestDelay = max(greatestDelay, last - time)
        }
        last = max(last ?? time, time)
        minutes[time / 60_000, default: 0] += 1
    }

    /// Types are compared trimmed and in lower case.
    private mutating func name(_ key: Fingerprint, _ text: @autoclosure () -> String) -> String {
        if let known = types[key] { return known }
        var name = text().lowercased()[...]
        while name.last?.isWhitespace == true { name.removeLast() }
        while name.first?.isWhitespace == true { name.removeFirst() }
        types[key] = String(name)
        return String(name)
    }

    /// ISO 8601, or a number of seconds or milliseconds since 1970; nil for what is no time.
    private func time(_ columns: [Column?], _ row: Int) -> Int64? {
        for column in [EventInput.Column.timestamp, .eventTimestamp] {
            guard let values = columns[column.rawValue], values.isValid(row) else { continue }
            if let time = Columnar.TimestampText.parse(values.bytes(at: row)) { return time }
            guard let number = Int64(values.string(at: row)), number >= 0 else { return nil }
            // Seconds until the year 5138; nobody's clock counted milliseconds in 1973.
            return number < 100_000_000_000 ? number * 1000 : number
        }
        return nil
    }

    /// Moves the events of types that the best fitting shop does not have to the malformed ones.
    ///
    /// Where no shop's words fit half of the events, they are another world's, and all types are known.
    mutating func judgeTypes() {
        let fits = ShopProfile.allCases.map { profile in
            (profile, profile.eventTypes.reduce(0) { $0 + (byType[$1] ?? 0) })
        }
        guard let best = fits.max(by: { $0.1 < $1.1 }), best.1 * 2 > wellFormed else { return }
        let known = Set(best.0.eventTypes)
        for (type, count) in byType where !known.contains(type) {
            byType[type] = nil
            botEvents[type] = nil
            malformed["unknown_event_type", default: 0] += count
        }
    }
}
