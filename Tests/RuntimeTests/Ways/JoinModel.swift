/// What joins must make of records, told record by record in the plainest way: lists that are searched
/// through.
struct JoinModel {
    struct Record {
        /// `L` and `R` are streams, `T` and `U` tables.
        var topic: String
        var key: String?
        /// nil is a tombstone.
        var value: Int?
        /// What a row of `U` names of `T`.
        var foreign: String?
        var time: Int64
    }

    struct Settings {
        var before: Int64
        var after: Int64
        /// nil gives records without partner at once.
        var grace: Int64?
        /// By ksqlDB's stream time; if not, by the watermarks of both sides.
        var perRecord: Bool

        var retention: Int64 { before + after + (grace ?? 86_400_000) }
    }

    enum Kind: String, CaseIterable {
        case inner = "INNER"
        case left = "LEFT"
        case right = "RIGHT"
        case full = "FULL"

        func keeps(_ isLeft: Bool) -> Bool { self == .full || self == (isLeft ? .left : .right) }
    }

    /// Rows of the joins of streams, in order.
    private(set) var streams: [Kind: [String]] = [:]
    /// Rows of `L` that met one of `T`, in order; with LEFT all.
    private(set) var enriched: [Kind: [String]] = [:]
    /// Rows of `L` beside how many records of their key `R` and `L` had.
    private(set) var counted: [String] = []
    private(set) var countedItself: [String] = []
    private(set) var tables: [String: Record] = [:]

    private struct Kept {
        let record: Record
        let isLeft: Bool
        let number: Int
        /// How far its side had come.
        let reached: Int64
        var isWaiting: Set<Kind>
    }

    private let settings: Settings
    private var kept: [Kept] = []
    private var time = Int64.min
    /// By side: the largest time of records with a key, or of all that the topic has had by then.
    private var times: [Bool: Int64] = [:]
    private var latest: [String: Int64] = [:]
    private var number = 0
    private var counts: [String: Int] = [:]

    init(_ settings: Settings) { self.settings = settings }

    mutating func take(_ record: Record) {
        number += 1
        latest[record.topic] = max(latest[record.topic] ?? .min, record.time)
        switch record.topic {
        case "L": takeStream(record, isLeft: true)
        case "R": takeStream(record, isLeft: false)
        default: tables["\(record.topic) \(record.key ?? "")"] = record.value == nil ? nil : record
        }
    }

    static func text(_ key: String?, _ left: Int?, _ right: Int?, _ time: Int64) -> String {
        "\(key ?? "-") \(left.map(String.init) ?? "-") \(right.map(String.init) ?? "-") @\(time)"
    }

    private mutating func takeStream(_ record: Record, isLeft: Bool) {
        guard let value = record.value else { return }
        time = max(time, record.time)
        if !settings.perRecord { times[isLeft] = latest[record.topic] }
        close()
        if isLeft { enrich(record) }
        guard let key = record.key else {
            for kind in Kind.allCases where kind.keeps(isLeft) { give(record, isLeft, kind) }
            return
        }
        counts["\(record.topic) \(key)", default: 0] += 1
        let (before, after) = isLeft ? (settings.before, settings.after) : (settings.after, settings.before)
        if settings.perRecord { times[isLeft] = max(times[isLeft] ?? .min, record.time) }
        let grace = settings.grace ?? 86_400_000
        let reached = times[isLeft] ?? .min
        if !settings.perRecord, record.time + before + after + grace < reached { return }
        let partners = kept.indices.filter { index in
            let other = kept[index]
            let isForgotten =
                settings.perRecord && other.record.time <= (times[!isLeft] ?? 0) - settings.retention
            let isInTime =
                settings.perRecord
                || reached <= other.record.time + before + grace
                    && other.reached <= record.time + after + grace
            return other.isLeft != isLeft && other.record.key == key && !isForgotten && isInTime
                && other.record.time >= record.time - before && other.record.time <= record.time + after
        }.sorted { (kept[$0].record.time, kept[$0].number) < (kept[$1].record.time, kept[$1].number) }
        for index in partners {
            let other = kept[index].record
            let (left, right) = isLeft ? (value, other.value) : (other.value, value)
            for kind in Kind.allCases {
                streams[kind, default: []].append(
                    Self.text(key, left, right, max(record.time, other.time)))
            }
            kept[index].isWaiting = []
        }
        var waiting: Set<Kind> = []
        for kind in Kind.allCases where partners.isEmpty && kind.keeps(isLeft) {
            let isOver =
                settings.perRecord
                ? record.time + after < time : record.time + after + grace < (times[!isLeft] ?? .min)
            if settings.grace == nil || isOver {
                give(record, isLeft, kind)
            } else {
                waiting.insert(kind)
            }
        }
        let isTooOld = settings.perRecord && record.time <= (times[isLeft] ?? 0) - settings.retention
        if !isTooOld || !waiting.isEmpty {
            kept.append(
                Kept(record: record, isLeft: isLeft, number: number, reached: reached, isWaiting: waiting))
        }
    }

    private mutating func give(_ record: Record, _ isLeft: Bool, _ kind: Kind) {
        streams[kind, default: []].append(
            Self.text(record.key, isLeft ? record.value : nil, isLeft ? nil : record.value, record.time))
    }

    /// Gives the records whose windows have closed.
    private mutating func close() {
        guard let grace = settings.grace else { return }
        let closed = kept.indices.filter { index in
            let (row, isLeft) = (kept[index].record, kept[index].isLeft)
            let after = isLeft ? settings.after : settings.before
            let isClosed =
                settings.perRecord
                ? row.time + after + grace < time : row.time + after + grace < (times[!isLeft] ?? .min)
            return !kept[index].isWaiting.isEmpty && isClosed
        }.sorted {
            let (a, b) = (kept[$0], kept[$1])
            return (a.record.time, a.isLeft ? 1 : 0, a.number) < (b.record.time, b.isLeft ? 1 : 0, b.number)
        }
        for index in closed {
            for kind in Kind.allCases where kept[index].isWaiting.contains(kind) {
                give(kept[index].record, kept[index].isLeft, kind)
            }
            kept[index].isWaiting = []
        }
    }

    private mutating func enrich(_ record: Record) {
        let row = record.key.flatMap { tables["T \($0)"] }
        let text = Self.text(record.key, record.value, row?.value, record.time)
        enriched[.left, default: []].append(text)
        if row != nil { enriched[.inner, default: []].append(text) }
        guard let key = record.key else { return }
        if let count = counts["R \(key)"] {
            counted.append(Self.text(key, record.value, count, record.time))
        }
        if let count = counts["L \(key)"] {
            countedItself.append(Self.text(key, record.value, count, record.time))
        }
    }

    // MARK: Tables as they stand

    private static func row(_ key: String?, _ left: Record?, _ right: Record?) -> String {
        let text = text(key, left?.value, right?.value, max(left?.time ?? .min, right?.time ?? .min))
        return left != nil && right != nil ? text : String(text.prefix { $0 != "@" }.dropLast())
    }

    /// The rows of `T` and `U` with one key.
    func joined(_ kind: Kind) -> [String] {
        let keys = Set(tables.values.compactMap(\.key))
        return keys.compactMap { key in
            let (left, right) = (tables["T \(key)"], tables["U \(key)"])
            if left == nil && !kind.keeps(false) || right == nil && !kind.keeps(true) { return nil }
            if left == nil && right == nil { return nil }
            return Self.row(key, left, right)
        }.sorted()
    }

    /// The rows of `U` with those of `T` that they name.
    func named(_ kind: Kind) -> [String] {
        tables.values.filter { $0.topic == "U" }.compactMap { row in
            let other = row.foreign.flatMap { tables["T \($0)"] }
            if other == nil && kind == .inner { return nil }
            return Self.row(row.key, row, other)
        }.sorted()
    }

    /// Sums of `U` by what its rows name, with how many they are.
    var sums: [String] {
        var groups: [String: (Int, Int)] = [:]
        for row in tables.values where row.topic == "U" {
            guard let foreign = row.foreign, tables["T \(foreign)"] != nil else { continue }
            let group = groups[foreign] ?? (0, 0)
            groups[foreign] = (group.0 + (row.value ?? 0), group.1 + 1)
        }
        return groups.map { "\($0.key) \($0.value.0) \($0.value.1)" }.sorted()
    }
}
