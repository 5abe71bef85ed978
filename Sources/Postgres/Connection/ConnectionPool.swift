import Diagnostics
import Glibc
import Synchronization

/// The sessions with one database that all its users in the process share.
///
/// At most `limits.connections` are open at a time; who wants one more waits, and after
/// `limits.waitMilliseconds` gets `unavailable`. A session that nobody uses for `limits.idleMilliseconds` is
/// closed. Safe to use from many threads.
public final class ConnectionPool: Sendable {
    private let address: PostgresAddress
    public let limits: PoolLimits
    private let idle: IdleConnections

    /// Pools in use, so that those who name one database alike share one.
    private static let pools = Mutex<[Key: Weak]>([:])

    private struct Key: Hashable {
        let parameters: [String: String]
        let limits: PoolLimits
    }

    private struct Weak {
        weak var pool: ConnectionPool?
    }

    public static func shared(
        _ address: PostgresAddress, _ limits: PoolLimits = PoolLimits()
    )
        -> ConnectionPool
    {
        pools.withLock { pools in
            let key = Key(parameters: address.parameters, limits: limits)
            if let pool = pools[key]?.pool { return pool }
            pools = pools.filter { $0.value.pool != nil }
            let pool = ConnectionPool(address, limits)
            pools[key] = Weak(pool: pool)
            return pool
        }
    }

    init(_ address: PostgresAddress, _ limits: PoolLimits) {
        self.address = address
        self.limits = limits
        idle = IdleConnections(limits)
    }

    deinit { idle.end() }

    /// The database, without its password.
    public var place: String { address.description }

    /// Sessions that are open now.
    public var count: Int { idle.count }

    /// Calls `body` with a session that nobody else uses meanwhile; makes one where none is free.
    ///
    /// - Parameter user: gets the session that it had last, where that is free.
    func withConnection<Answer>(
        for user: Int, _ body: (PostgresConnection) throws(PostgresError) -> Answer
    ) throws(PostgresError) -> Answer {
        let connection: PostgresConnection
        switch idle.take(for: user) {
        case .found(let found): connection = found
        case .room:
            do throws(PostgresError) {
                connection = try PostgresConnection(
                    address, statementMilliseconds: limits.statementMilliseconds)
            } catch {
                idle.giveUp()
                throw error
            }
        case .none:
            throw .unavailable(
                Diagnostic(
                    .unavailable,
                    "all \(limits.connections) connections to \(place) have been in use for "
                        + "\(limits.waitMilliseconds / 1000) seconds",
                    hint: "it is tried again; allow more with 'connection.limit'"))
        }
        defer { idle.give(connection, from: user) }
        return try body(connection)
    }

    /// Closes what is not in use: after one lost session the others are likely lost too.
    func closeIdle() { idle.closeAll() }
}
