import Diagnostics
import Runtime

extension LiveView {
    /// The state of a pipeline in one line, for a log or a pipe.
    ///
    /// `1m 12s running: 25,000 events (5,000/s), lag 0 B, watermark 2026-11-20 12:00:05Z, epoch 3 (412 ms),
    /// dead letters 12, late 3, duplicates 51; bronze_events 25,000, revenue 412`
    static func plainLine(_ frame: LiveFrame) -> String {
        let status = frame.status
        var parts = [
            "\(NumberDisplay.grouped(status.records)) events (\(NumberDisplay.rate(frame.recordsPerSecond)))",
            "lag \(NumberDisplay.bytes(status.lagBytes))",
        ]
        if let watermark = status.watermark { parts.append("watermark \(time(watermark))") }
        let epoch = NumberDisplay.duration(milliseconds: status.lastEpochMilliseconds)
        parts.append("epoch \(status.epoch)" + (status.committedEpochs > 0 ? " (\(epoch))" : ""))
        parts.append("dead letters \(NumberDisplay.grouped(status.setAside))")
        parts.append("late \(NumberDisplay.grouped(status.late))")
        parts.append("duplicates \(NumberDisplay.grouped(status.duplicates))")
        if let service = status.service { parts.append(tasks(of: service) + ", " + processes(of: service)) }
        if let quality = plainQuality(status) { parts.append(quality) }
        var line = NumberDisplay.wholeSeconds(milliseconds: frame.elapsed) + " " + phase(frame)
        line += ": " + parts.joined(separator: ", ")
        let relations = status.relations.map { "\($0.name) \(NumberDisplay.grouped($0.rows))" }
        if !relations.isEmpty { line += "; " + relations.joined(separator: ", ") }
        return DisplayWidth.visible(line)
    }

    /// `tasks 0 3 6 of 8`.
    static func tasks(of service: ServiceStatus) -> String {
        let own = service.tasks.isEmpty ? "none" : service.tasks.map(String.init).joined(separator: " ")
        return "tasks \(own) of \(service.taskCount)"
    }

    static func processes(of service: ServiceStatus) -> String {
        service.members == 1 ? "1 process" : "\(service.members) processes"
    }

    private static func phase(_ frame: LiveFrame) -> String {
        switch frame.status.phase {
        case .recovering: return "recovering"
        case .running: return "running"
        case .stopped: return "stopped"
        case .retrying(let reason, let since):
            let waited = NumberDisplay.wholeSeconds(milliseconds: max(0, frame.now - since))
            return "waiting for \(waited), nothing is lost (\(reason.oneLine))"
        }
    }
}
