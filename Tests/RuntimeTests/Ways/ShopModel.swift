import Connectors

/// What a small pipeline must make of records, told record by record in the plainest way.
struct ShopModel {
    struct Event {
        var id: Int
        var key: String?
        var amount: Int64?
        var page: String?
        var time: Int64
        var partition: Int
        /// The record is no JSON.
        var isBroken: Bool
    }

    struct Settings {
        var delay: Int64
        var within: Int64
        var size: Int64
        var advance: Int64
        var gap: Int64
        var grace: Int64
    }

    struct Session {
        var start: Int64
        var end: Int64
        /// In the order of their records.
        var events: [(number: Int, event: Event)]
    }

    let settings: Settings
    private(set) var silver: [Event] = []
    private(set) var late: [String: Int] = [:]
    private(set) var duplicates = 0
    private(set) var deadLetters = 0
    /// By key and start.
    private(set) var tumbling: [String: [Event]] = [:]
    private(set) var hopping: [String: [Event]] = [:]
    private(set) var sessions: [(key: String, session: Session)] = []
    private(set) var groups: [String: [Event]] = [:]
    private(set) var watermark = Int64.min
    private var maxima: [Int: Int64] = [:]
    private var seen: [Int: Int64] = [:]
    private var number = 0

    init(_ settings: Settings) { self.settings = settings }

    mutating func take(_ event: Event) {
        number += 1
        guard !event.isBroken else {
            deadLetters += 1
            return
        }
        maxima[event.partition] = max(maxima[event.partition] ?? .min, event.time)
        watermark = max(watermark, (maxima.values.min() ?? 0) - settings.delay)
        guard isFirst(event) else { return }
        silver.append(event)
        guard let key = event.key else { return }
        groups[key, default: []].append(event)
        addToWindows(event, key)
        addToSessions(event, key)
    }

    private mutating func isFirst(_ event: Event) -> Bool {
        if event.time + settings.within <= watermark {
            late["SILVER", default: 0] += 1
            return false
        }
        if let forgottenAt = seen[event.id], forgottenAt > watermark {
            duplicates += 1
            return false
        }
        seen[event.id] = event.time + settings.within
        return true
    }

    private mutating func addToWindows(_ event: Event, _ key: String) {
        let start = event.time / settings.size * settings.size
        if start + settings.size + settings.grace <= watermark {
            late["TUMBLING", default: 0] += 1
        } else {
            tumbling[Self.name(key, start, start + settings.size), default: []].append(event)
        }
        // Every start from 0 on whose window contains the time.
        var hop: Int64 = 0
        while hop <= event.time {
            if event.time < hop + settings.size, hop + settings.size + settings.grace > watermark {
                hopping[Self.name(key, hop, hop + settings.size), default: []].append(event)
            }
            hop += settings.advance
        }
    }

    private func isClosed(_ session: Session) -> Bool {
        session.end + settings.gap + settings.grace < watermark
    }

    private mutating func addToSessions(_ event: Event, _ key: String) {
        var joined = Session(start: event.time, end: event.time, events: [(number, event)])
        var rest: [(key: String, session: Session)] = []
        for entry in sessions {
            let isNear =
                entry.session.start - settings.gap <= event.time
                && event.time <= entry.session.end + settings.gap
            if entry.key == key, isNear, !isClosed(entry.session) {
                joined.start = min(joined.start, entry.session.start)
                joined.end = max(joined.end, entry.session.end)
                joined.events += entry.session.events
            } else {
                rest.append(entry)
            }
        }
        if isClosed(joined) {
            late["SESSIONS", default: 0] += 1
            return
        }
        joined.events.sort { $0.number < $1.number }
        sessions = rest + [(key, joined)]
    }

    // MARK: Results

    static func name(_ key: String, _ start: Int64, _ end: Int64) -> String { "\(start)-\(end) \(key)" }

    /// The aggregates of a group as the pipeline's tables have them.
    static func summary(_ events: [Event]) -> String {
        let amounts = events.compactMap(\.amount)
        let pages = events.compactMap(\.page)
        func text(_ number: Int64?) -> String { number.map(String.init) ?? "null" }
        return "n \(events.count) total \(amounts.reduce(0, +)) lowest \(text(amounts.min())) highest "
            + "\(text(amounts.max())) pages \(Set(pages).count) first \(pages.first ?? "null") "
            + "last \(events.last?.page ?? "null")"
    }

    func isWindowClosed(_ end: Int64) -> Bool { end + settings.grace <= watermark }
    func isSessionClosed(_ session: Session) -> Bool { isClosed(session) }
}
