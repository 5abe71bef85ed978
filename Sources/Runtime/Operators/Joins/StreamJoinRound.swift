import Columnar

/// All rows of a round of a stream join, in their order.
struct StreamJoinRound: Sendable {
    /// A record with which a clock went on, or time that passed without one.
    struct Advance: Sendable {
        let time: Int64
        let slot: Int
        let order: Int64
        let side: JoinSide
        let watermark: Int64
    }

    private(set) var deposits: [StreamJoinRows] = []
    /// Whether both sides have rows, which then alternate.
    private(set) var isMixed = false
    /// Rows that came too late.
    private(set) var late = 0
    /// Behind the last row, by side: the clocks of rows without partner, and up to where kept rows are
    /// forgotten.
    private(set) var clocks: [Int64] = [.min, .min]
    private(set) var forgotten: [Int64] = [.min, .min]
    /// By side: ascending in time.
    private var advances: [[Advance]] = [[], []]
    private let time: StreamJoinTime?

    init() { time = nil }

    /// Puts each row in its place in time and moves the join's progress behind the last.
    init(_ deposits: [StreamJoinRows], others: Int64, time: StreamJoinTime, progress: inout JoinProgress) {
        self.deposits = deposits
        self.time = time
        isMixed = Set(deposits.map(\.side)).count > 1
        let reached = progress.watermark
        clocks = Self.clocks(time, progress)
        var places: [(deposit: Int, row: Int, order: Int64)] = []
        for (index, deposit) in deposits.enumerated() {
            let batch = deposit.rows.batch
            let alive = batch.selection ?? .all(batch.count)
            for position in 0..<alive.count {
                let row = Int(alive.rows[position])
                if isMixed {
                    places.append((index, row, batch.order(of: row)))
                } else {
                    place(deposit, row, reached, others, time, &progress)
                }
            }
        }
        let order = places.indices.sorted { left, right in
            let (a, b) = (places[left], places[right])
            return (a.order, deposits[a.deposit].side.rawValue, left)
                < (b.order, deposits[b.deposit].side.rawValue, right)
        }
        for index in order {
            place(deposits[places[index].deposit], places[index].row, reached, others, time, &progress)
        }
        for side in JoinSide.allCases {
            forgotten[side.rawValue] = progress.times[time.keeper(of: side).rawValue]
        }
    }

    private static func clocks(_ time: StreamJoinTime, _ progress: JoinProgress) -> [Int64] {
        switch time.rule {
        case .watermarks: return [progress.times[1], progress.times[0]]
        case .streamTime: return [progress.time, progress.time]
        }
    }

    private mutating func place(
        _ deposit: StreamJoinRows, _ row: Int, _ reached: Int64, _ others: Int64, _ time: StreamJoinTime,
        _ progress: inout JoinProgress
    ) {
        let batch = deposit.rows.batch
        let eventTime = batch.eventTimes.int64s[row]
        let own = deposit.side.rawValue
        let source = batch.watermark(at: row)
        let watermark = max(reached, min(source, others))
        progress.watermark = max(progress.watermark, watermark)
        progress.time = max(progress.time, eventTime)
        switch time.rule {
        case .watermarks: progress.times[own] = max(progress.times[own], source)
        case .streamTime:
            if deposit.hasKey(row) { progress.times[own] = max(progress.times[own], eventTime) }
        }
        let now = Self.clocks(time, progress)
        for side in JoinSide.allCases where now[side.rawValue] > clocks[side.rawValue] {
            clocks[side.rawValue] = now[side.rawValue]
            advances[side.rawValue].append(
                Advance(
                    time: now[side.rawValue], slot: deposit.slot, order: batch.order(of: row),
                    side: deposit.side, watermark: watermark))
        }
        func isForgotten(_ eventTime: Int64, _ side: JoinSide) -> Bool {
            time.forgetting(eventTime, side) <= progress.times[time.keeper(of: side).rawValue]
        }
        let hasKey = deposit.hasKey(row)
        let isLate = hasKey && time.isLate(eventTime, watermark: source)
        let isKept = hasKey && !isLate && !isForgotten(eventTime, deposit.side)
        if isLate || time.rule == .streamTime && hasKey && !isKept { late += 1 }
        deposit[row] = StreamJoinRows.Mark(
            clocks: (now[0], now[1]), other: progress.times[1 - own], reached: source, watermark: watermark,
            isLate: isLate, isKept: isKept)
    }

    /// Moves time on behind the last row, without a record.
    ///
    /// - Parameters:
    ///   - times: the watermarks of the sides.
    ///   - watermark: of the join.
    mutating func reach(_ times: [Int64], watermark: Int64, progress: inout JoinProgress) {
        guard let time else { return }
        switch time.rule {
        case .watermarks:
            for side in times.indices { progress.times[side] = max(progress.times[side], times[side]) }
        case .streamTime: progress.time = max(progress.time, watermark)
        }
        progress.watermark = max(progress.watermark, watermark)
        let now = Self.clocks(time, progress)
        for side in JoinSide.allCases {
            let place = side.rawValue
            forgotten[place] = progress.times[time.keeper(of: side).rawValue]
            guard now[place] > clocks[place] else { continue }
            clocks[place] = now[place]
            advances[place].append(
                Advance(
                    time: now[place], slot: 0, order: .max, side: side, watermark: progress.watermark))
        }
    }

    /// The first record with which the clock of a side reached `time`.
    func advance(_ side: JoinSide, reaching time: Int64) -> Advance? {
        let list = advances[side.rawValue]
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low < list.count ? list[low] : nil
    }
}
