import Diagnostics
import Planning
import Postgres

extension PoolLimits {
    /// `connection.limit`, `connection.idle`, `connection.wait` and `statement.timeout`.
    init(_ properties: ConnectorProperties) throws(Diagnostic) {
        self.init()
        if let limit = try properties.integer("connection.limit", in: 1...1000) { connections = limit }
        if let idle = try properties.duration("connection.idle") { idleMilliseconds = Self.fitting(idle) }
        let wait = try properties.positiveDuration(
            "connection.wait", otherwise: "a connection is waited for for half a minute")
        if let wait { waitMilliseconds = Self.fitting(wait) }
        if let time = try properties.duration("statement.timeout") {
            statementMilliseconds = Self.fitting(time)
        }
    }

    /// The server's own settings end at 2³¹ − 1 milliseconds, which is 24 days.
    private static func fitting(_ milliseconds: Int64) -> Int {
        Int(min(max(0, milliseconds), Int64(Int32.max)))
    }
}
