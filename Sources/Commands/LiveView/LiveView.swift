import Columnar
import Diagnostics
import Runtime

/// The picture of a running pipeline, as lines: a pure function of a frame and the terminal's size.
///
/// ```
/// millrace  medallion                                          running  1m 12s
///
///   events        1,234,567  12,345/s      lag         0 B
///   watermark     2026-11-20 12:00:05Z, 10m 02s behind the clock
///   epoch         42, 412 ms, of which commit 38 ms; state 12.4 MB
///   dead letters  120        late  33      duplicates  1,204
///   quality       7 PASS  1 WARN
///     WARN  duplicates on silver_events for 12 s: 40 of 2000 rows fail
///
///   stream                 rows       now  late  duplicates  written to
///   bronze_events     1,234,567  12,345/s     0           0  bronze_lake
///   table               changes       now  late  duplicates  written to
///   revenue               5,120     420/s     0           0  revenue_lake
/// ```
enum LiveView {
    /// Less than `rows` lines of less than `columns` columns: what stands in the last column is lost on some
    /// terminals when the rest of the line is cleared.
    static func lines(_ frame: LiveFrame, size: TerminalSize, hasColours: Bool) -> [String] {
        let columns = max(20, size.columns) - 1
        var lines = [heading(frame, columns: columns)]
        if let note = frame.note { lines.append(StyledLine("  " + note, .dim)) }
        lines += state(frame) + [StyledLine()] + totals(frame) + quality(frame)
        let incidents = incidents(frame.status)
        var latest = latest(frame)
        let room = size.rows - lines.count - incidents.count - 2
        if !frame.status.relations.isEmpty, room >= 3 {
            lines += [StyledLine()] + relations(frame, room: room)
        }
        // What is left of a low terminal is for the counts.
        if lines.count + latest.count + incidents.count >= size.rows { latest = [] }
        lines += latest + incidents
        return lines.prefix(max(1, size.rows - 1)).map {
            $0.rendered(columns: columns, hasColours: hasColours)
        }
    }

    private static func heading(_ frame: LiveFrame, columns: Int) -> StyledLine {
        var line = StyledLine("millrace", .bold)
        line.append("  " + frame.title + " ")
        let (word, style): (String, StyledLine.Style) =
            switch frame.status.phase {
            case .recovering: ("recovering", .warning)
            case .running: ("running", .good)
            case .retrying: ("waiting for a target", .warning)
            case .stopped: ("stopped", .dim)
            }
        let time = NumberDisplay.wholeSeconds(milliseconds: frame.elapsed)
        line.pad(to: min(columns, widest) - word.count - time.count - 2)
        line.append(word, style)
        line.append("  " + time)
        return line
    }

    /// The heading's right end does not fly off to the far side of a wide terminal.
    private static let widest = 100

    /// What is to be said about a pipeline that does not simply run.
    private static func state(_ frame: LiveFrame) -> [StyledLine] {
        switch frame.status.phase {
        case .running, .stopped: return []
        case .recovering:
            return [StyledLine("  takes up the last checkpoint and finishes what was begun", .dim)]
        case .retrying(let reason, let since):
            let waited = NumberDisplay.wholeSeconds(milliseconds: max(0, frame.now - since))
            var lines = [
                StyledLine("  \(reason.message)", .warning),
                StyledLine(
                    "  tried again since \(waited); nothing is lost, new input waits in its files", .warning),
            ]
            if let hint = reason.hint { lines.append(StyledLine("  next: \(hint)", .warning)) }
            return lines
        }
    }

    private static func totals(_ frame: LiveFrame) -> [StyledLine] {
        let status = frame.status
        var events = label("events")
        events.append(NumberDisplay.grouped(status.records), .bold)
        events.append("  \(NumberDisplay.rate(frame.recordsPerSecond))")
        events.pad(to: 44)
        events.append("lag  ", .dim)
        events.append(NumberDisplay.bytes(status.lagBytes), status.lagBytes > 64_000_000 ? .warning : .plain)

        var time = label("watermark")
        time.append(watermark(of: status, now: frame.now))

        var epoch = label("epoch")
        epoch.append("\(status.epoch)")
        if status.committedEpochs > 0 {
            epoch.append(
                ", last took \(NumberDisplay.duration(milliseconds: status.lastEpochMilliseconds)), "
                    + "of which commit \(NumberDisplay.duration(milliseconds: status.lastCommitMilliseconds))"
            )
        }
        if status.stateBytes > 0 { epoch.append("; state \(NumberDisplay.bytes(status.stateBytes))") }

        var letters = label("dead letters")
        letters.append(NumberDisplay.grouped(status.setAside), status.setAside > 0 ? .warning : .plain)
        letters.pad(to: 28)
        letters.append("late  ", .dim)
        letters.append(NumberDisplay.grouped(status.late))
        letters.pad(to: 44)
        letters.append("duplicates  ", .dim)
        letters.append(NumberDisplay.grouped(status.duplicates))
        guard let service = status.service else { return [events, time, epoch, letters] }
        var tasks = label("service")
        tasks.append("\(service.name), \(Self.tasks(of: service)), \(processes(of: service))")
        return [tasks, events, time, epoch, letters]
    }

    static func label(_ text: String) -> StyledLine {
        var line = StyledLine("  " + text, .dim)
        line.pad(to: 16)
        return line
    }

    /// `2026-11-20 12:00:05Z, 10m 02s behind the clock`; the slowest input decides.
    static func watermark(of status: PipelineStatus, now: Int64) -> String {
        guard let watermark = status.watermark else { return "none yet" }
        let text = "\(time(watermark))"
        let behind = now - watermark
        if behind < 0 {
            return text + ", \(NumberDisplay.duration(milliseconds: -behind)) ahead of the clock"
        }
        return text + ", \(NumberDisplay.wholeSeconds(milliseconds: behind)) behind the clock"
    }

    /// `2026-11-20 12:00:05Z`.
    static func time(_ milliseconds: Int64) -> String {
        let text = Civil.timestampText(milliseconds: milliseconds)
        return text.prefix(19).map { $0 == "T" ? " " : String($0) }.joined() + "Z"
    }

    /// Streams, then tables, in at most `room` lines with their titles.
    private static func relations(_ frame: LiveFrame, room: Int) -> [StyledLine] {
        let streams = frame.status.relations.filter { !$0.isTable }
        let tables = frame.status.relations.filter(\.isTable)
        var table = TextTable(
            Array(repeating: ("", .left), count: 1) + Array(repeating: ("", .right), count: 4) + [("", .left)]
        )
        var titles: Set<Int> = []
        var count = 0
        for (kind, rows, relations) in [("stream", "rows", streams), ("table", "changes", tables)]
        where !relations.isEmpty {
            titles.insert(count)
            table.add([kind, rows, "now", "late", "duplicates", "written to"])
            for relation in relations {
                table.add([
                    relation.name, NumberDisplay.grouped(relation.rows),
                    NumberDisplay.rate(frame.rowsPerSecond[relation.name] ?? 0),
                    NumberDisplay.grouped(relation.late), NumberDisplay.grouped(relation.duplicates),
                    relation.sinks.joined(separator: ", "),
                ])
            }
            count += 1 + relations.count
        }
        let lines = table.lines(indent: "  ").enumerated().map { index, line in
            StyledLine(line, titles.contains(index) ? .dim : .plain)
        }
        guard lines.count > room else { return lines }
        let shown = max(0, room - 1)
        return lines.prefix(shown) + [StyledLine("  … and \(lines.count - shown) more lines", .dim)]
    }

    private static func latest(_ frame: LiveFrame) -> [StyledLine] {
        guard let (relation, rows) = frame.latest, !rows.isEmpty else { return [] }
        return [StyledLine(), StyledLine("  newest of \(relation)", .dim)]
            + rows.enumerated().map { StyledLine("  " + $1, $0 == 0 ? .dim : .plain) }
    }

    /// The newest replay and the newest two incidents.
    private static func incidents(_ status: PipelineStatus) -> [StyledLine] {
        let lines =
            status.handovers.suffix(1).map { StyledLine("  replay: \($0.line)", .dim) }
            + status.incidents.suffix(2).map { StyledLine("  ! \($0.message)", .bad) }
        return lines.isEmpty ? [] : [StyledLine()] + lines
    }
}
