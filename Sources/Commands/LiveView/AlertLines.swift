import Runtime

/// Gives each alert of a pipeline once, as a line for a log.
struct AlertLines {
    private var seen: Int64 = 0

    /// The lines of alerts that are new since the last call.
    mutating func take(_ status: PipelineStatus) -> [String] {
        let fresh = status.alertCount - seen
        guard fresh > 0 else { return [] }
        seen = status.alertCount
        return status.alerts.suffix(Int(fresh)).map { DisplayWidth.visible("quality: " + $0.line) }
    }
}
