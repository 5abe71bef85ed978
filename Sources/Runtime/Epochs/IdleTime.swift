/// That a source had no records for longer than its `idle_timeout`, as an epoch's log has it: its event time
/// goes on with the clock.
struct IdleTime: Equatable, Sendable {
    /// How far the time of a partition goes on, milliseconds.
    struct Partition: Equatable, Sendable {
        let number: Int
        let passed: Int64
    }

    /// The task's number of the source.
    let source: Int
    /// Whether all of its partitions are idle, or it has none with records yet.
    let isWhole: Bool
    let partitions: [Partition]
}
