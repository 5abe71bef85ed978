import Diagnostics
import Runtime

/// Gives each alert, incident and replay of a pipeline once, as a line for a log.
struct NewsLines {
    private var alerts: Int64 = 0
    private var handovers = 0
    private var moves = 0
    private var incidents: [Diagnostic] = []

    /// The lines of what is new since the last call.
    mutating func take(_ status: PipelineStatus) -> [String] {
        var lines: [String] = []
        // The status keeps the newest incidents only: what it has dropped was told.
        lines += status.incidents.filter { !incidents.contains($0) }.map { "incident: \($0.oneLine)" }
        incidents = status.incidents
        lines += status.handovers.dropFirst(handovers).map { "replay: \($0.line)" }
        handovers = status.handovers.count
        if let service = status.service {
            lines += service.moves.suffix(service.moveCount - moves).map { "service: \($0)" }
            moves = service.moveCount
        }
        let fresh = status.alertCount - alerts
        if fresh > 0 { lines += status.alerts.suffix(Int(fresh)).map { "quality: \($0.line)" } }
        alerts = max(alerts, status.alertCount)
        return lines.map(DisplayWidth.visible)
    }
}
