import Diagnostics
import Server

/// What went wrong in a server since somebody looked last, for its log.
struct ServerNews {
    private var incidents: [Diagnostic]
    private var failures: [String: Diagnostic] = [:]

    /// - Parameter told: what has been told already.
    init(told: [Diagnostic]) { incidents = told }

    /// One line for each failure of a query or connector that is new, and for each incident.
    mutating func take(_ snapshot: EngineSnapshot) -> [String] {
        var lines: [String] = []
        for incident in snapshot.incidents where !incidents.contains(incident) {
            lines.append(incident.oneLine)
        }
        incidents = snapshot.incidents
        var failed: [String: Diagnostic] = [:]
        for standing in snapshot.queries + snapshot.connectors {
            guard let failure = standing.failure else { continue }
            failed[standing.id] = failure
            if failures[standing.id] != failure { lines.append("\(standing.id): \(failure.oneLine)") }
        }
        failures = failed
        return lines
    }
}
