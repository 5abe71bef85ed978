import Planning

/// By what a stream join tells that a record is late, and that nobody will ask for one any more.
struct StreamJoinTime: Sendable {
    /// The two ways of telling time.
    enum Rule: Sendable {
        /// By each side's watermark, which only its own source moves: so it makes no difference how the
        /// records of the two sources lie between each other. A record is late when its window has closed by
        /// its own side's watermark; it is kept until no record of the other side that is not late can meet
        /// it.
        case watermarks
        /// As ksqlDB, record by record: a window closes by the largest event time of both sides, and a record
        /// is kept by the largest of its own. None is late for what is there.
        case streamTime
    }

    let rule: Rule
    let window: StreamJoinWindow

    /// How far before and behind a record of a side its partners lie.
    func reach(_ side: JoinSide) -> (before: Int64, after: Int64) {
        side == .left ? (window.before, window.after) : (window.after, window.before)
    }

    /// From which clock on a record without partner is given.
    func closing(_ time: Int64, _ side: JoinSide) -> Int64 {
        switch rule {
        case .watermarks: return time &+ window.retention &+ 1
        case .streamTime: return time &+ reach(side).after &+ window.grace &+ 1
        }
    }

    /// Whether a record that finds no partner is given at once, since its window is over already.
    func isOver(_ time: Int64, _ side: JoinSide, clock: Int64) -> Bool {
        switch rule {
        case .watermarks: return closing(time, side) <= clock
        case .streamTime: return time &+ reach(side).after < clock
        }
    }

    func isLate(_ time: Int64, _ side: JoinSide, watermark: Int64) -> Bool {
        rule == .watermarks && time &+ reach(side).after &+ window.grace < watermark
    }

    /// The side whose progress lets a side's kept records go.
    func keeper(of side: JoinSide) -> JoinSide { rule == .watermarks ? side.other : side }
}
