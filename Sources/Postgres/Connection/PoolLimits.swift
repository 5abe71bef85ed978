/// How many sessions a pool has, and how long it waits for what.
public struct PoolLimits: Hashable, Sendable {
    /// Sessions at a time, at most.
    public var connections = 8
    /// How long a session is kept that nobody uses, milliseconds.
    public var idleMilliseconds = 60_000
    /// How long a session is waited for while all are in use, milliseconds.
    public var waitMilliseconds = 30_000
    /// How long one statement may take, milliseconds; 0 is any time.
    public var statementMilliseconds = 600_000

    public init() {}
}
