import Planning

/// By what a stream join tells that a record is late, and that nobody will ask for one any more.
struct StreamJoinTime: Sendable {
    /// The two ways of telling time.
    enum Rule: Sendable {
        /// By each side's watermark, which only its own source moves: so it makes no difference how the
        /// records of the two sources lie between each other. Two records meet when, by its own side's
        /// watermark, each came before the other's window closed; a record is kept until its window has
        /// closed by the other side's.
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

    /// The clock at which the window of a record has closed.
    func closing(_ time: Int64, _ side: JoinSide) -> Int64 {
        time &+ reach(side).after &+ window.grace &+ 1
    }

    /// The clock at which nobody asks for a record any more.
    func forgetting(_ time: Int64, _ side: JoinSide) -> Int64 {
        rule == .watermarks ? closing(time, side) : time &+ window.retention
    }

    /// Whether a record that finds no partner is given at once, since its window is over already.
    func isOver(_ time: Int64, _ side: JoinSide, clock: Int64) -> Bool {
        rule == .watermarks ? closing(time, side) <= clock : time &+ reach(side).after < clock
    }

    /// Whether no record can meet it, whatever its time.
    func isLate(_ time: Int64, watermark: Int64) -> Bool {
        rule == .watermarks && time &+ window.retention < watermark
    }

    /// Whether a record came before the window of the other one had closed.
    ///
    /// - Parameter watermark: of the record's side, when it came.
    func isInTime(_ watermark: Int64, for other: Int64, of side: JoinSide) -> Bool {
        watermark < closing(other, side)
    }

    /// The side whose progress lets a side's kept records go.
    func keeper(of side: JoinSide) -> JoinSide { rule == .watermarks ? side.other : side }
}
