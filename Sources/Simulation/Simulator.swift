/// A world that makes lines: the shop, and later the newsroom.
///
/// A pure state machine: no clock, no files. It knows when each line arrives (its *arrival time*, on a
/// virtual clock that starts at the configured time) and yields the same bytes for the same
/// configuration, however the calls cut them. Whoever drives it decides when an arrival time has come
/// and where the bytes go.
public protocol Simulator: Sendable {
    /// What every file begins with: a header line in CSV, nothing in JSON.
    var fileHeader: [UInt8] { get }

    /// Arrival time of the next line in milliseconds since 1970; `nil` once all planned lines are made.
    var nextArrival: Int64? { get }

    /// What has been made so far.
    var tally: SimulationTally { get }

    /// Appends the next lines, each with its line end.
    ///
    /// Stops after `limit` lines or before the first that arrives at `deadline` (milliseconds since
    /// 1970) or later.
    /// - Returns: how many lines were appended.
    mutating func append(upTo limit: Int, arrivingBefore deadline: Int64, to buffer: inout LineBuffer) -> Int

    /// Moves the virtual clock on without making lines: the time has passed unused.
    mutating func skip(milliseconds: Int64)
}
