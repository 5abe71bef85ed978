import Runtime
import Simulation

/// Shows a pipeline on a stream: redrawn in place on a terminal, otherwise a line every five seconds and
/// whenever the phase changes.
///
/// Used by one thread.
struct LiveDisplay {
    /// How often to call `show`, in milliseconds.
    static let intervalMilliseconds = 200
    private static let plainInterval: Int64 = 5000

    let title: String
    var note: String?
    var latest: LatestRows?
    private let stream: Console.Stream
    private let size: @Sendable () -> TerminalSize
    private let clock = WallClock()
    private let begun: Int64
    private var records = RateMeter()
    private var rows: [String: RateMeter] = [:]
    /// Lines of the picture that is on the terminal; the cursor stands below them.
    private var drawnLines = 0
    private var drawnSize: TerminalSize?
    private var nextPlain: Int64
    private var news = NewsLines()
    private var lastPhase: PipelineStatus.Phase?

    init(title: String, stream: Console.Stream, size: @escaping @Sendable () -> TerminalSize) {
        self.title = title
        self.stream = stream
        self.size = size
        begun = clock.now()
        nextPlain = begun + Self.plainInterval
    }

    /// Since the display was made, in milliseconds.
    var elapsed: Int64 { clock.now() - begun }

    mutating func show(_ status: PipelineStatus) {
        let frame = frame(status)
        tell(status)
        if stream.isTerminal {
            draw(frame)
        } else if frame.now >= nextPlain || !Self.isSame(status.phase, lastPhase) {
            stream.line(LiveView.plainLine(frame))
            nextPlain = frame.now + Self.plainInterval
        }
        lastPhase = status.phase
    }

    /// Shows the last state and leaves it standing.
    mutating func finish(_ status: PipelineStatus) {
        let frame = frame(status)
        tell(status)
        if stream.isTerminal {
            draw(frame)
        } else {
            stream.line(LiveView.plainLine(frame))
        }
        release()
    }

    /// A log has a line for each piece of news; on a terminal the picture shows what has come of it.
    private mutating func tell(_ status: PipelineStatus) {
        guard !stream.isTerminal else { return }
        for line in news.take(status) { stream.line(line) }
    }

    /// Gives the terminal back.
    func release() {
        guard stream.isTerminal else { return }
        stream.write("\u{1B}[?25h")
        StopSignals.hidesCursor.store(false, ordering: .sequentiallyConsistent)
    }

    private mutating func frame(_ status: PipelineStatus) -> LiveFrame {
        let now = clock.now()
        // What a checkpoint brings back did not come in just now.
        guard status.phase != .recovering else {
            return LiveFrame(
                status: status, title: title, note: note, latest: nil, elapsed: now - begun, now: now)
        }
        records.take(status.records, at: now)
        var rates: [String: Double] = [:]
        for relation in status.relations {
            rows[relation.name, default: RateMeter()].take(relation.rows, at: now)
            rates[relation.name] = rows[relation.name]?.perSecond
        }
        return LiveFrame(
            status: status, title: title, note: status.phase == .stopped ? nil : note,
            latest: latest.map { ($0.relation, $0.lines(width: size().columns - 2)) },
            recordsPerSecond: records.perSecond,
            rowsPerSecond: rates,
            elapsed: now - begun, now: now)
    }

    /// One write for the whole picture, over the one before, so that nothing flickers.
    private mutating func draw(_ frame: LiveFrame) {
        let size = size()
        let lines = LiveView.lines(frame, size: size, hasColours: stream.hasColours)
        var text = "\u{1B}[?2026h"
        if let drawnSize, size.columns < drawnSize.columns || size.rows < drawnSize.rows {
            // The old lines were wrapped anew: where they begin is not known any more.
            text += "\u{1B}[H\u{1B}[J"
        } else if drawnLines == 0 {
            StopSignals.hidesCursor.store(true, ordering: .sequentiallyConsistent)
            text += "\u{1B}[?25l"
        } else {
            text += "\u{1B}[\(drawnLines)A\r"
        }
        for line in lines { text += line + "\u{1B}[K\n" }
        // What an earlier, longer picture left below.
        text += "\u{1B}[J\u{1B}[?2026l"
        stream.write(text)
        drawnLines = lines.count
        drawnSize = size
    }

    /// A retry that goes on with the same error is the same phase.
    private static func isSame(_ phase: PipelineStatus.Phase, _ last: PipelineStatus.Phase?) -> Bool {
        switch (phase, last) {
        case (.recovering, .recovering), (.running, .running), (.stopped, .stopped): true
        case (.retrying(let reason, _), .retrying(let before, _)): reason == before
        default: false
        }
    }
}
