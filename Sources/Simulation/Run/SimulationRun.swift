import Diagnostics

/// Drives a simulator: asks it for the lines whose time has come and puts them into files.
///
/// ```
///  deadline = start + time passed                  every 10 s or 64 MiB
/// clock ───► simulator ──lines──► buffer ──1 MiB──► hidden file ──sync, rename──► events_….json
/// ```
/// Paced, a line is made when its arrival time has come; unpaced, at once. A file takes the lines of one
/// interval of arrival time, whole, and ends earlier at ``largestFile``. When the machine falls back
/// behind the wall clock (too slow, or asleep), event time jumps ahead rather than lag for ever.
public struct SimulationRun: ~Copyable {
    /// Size in bytes at which a file is ended.
    public static let largestFile = 64 << 20

    private static let chunk = 512
    private static let writeStep = 1 << 20
    private static let longestSleep: Int64 = 50
    private static let toleratedLag: Int64 = 5000
    private static let progressInterval: Int64 = 250

    private let configuration: SimulationConfiguration
    private let output: any OutputDirectory
    private let clock: any SimulationClock
    private var simulator: any Simulator
    private var names: FileNames
    private var buffer: LineBuffer

    /// Wall clock and virtual clock at the beginning.
    private let begun: Int64
    private let start: Int64
    /// Arrival time at which the run is over.
    private let end: Int64
    private let followsWallClock: Bool

    /// Arrival time at which the current file's interval ends.
    private var cut = Int64.max
    private var lengths: RandomSource
    /// Arrival time of the first line of the open file; `nil` when no file is open.
    private var fileBegan: Int64?
    private var fileBytes = 0
    private var nextProgress: Int64
    private var summary: SimulationSummary

    /// - Throws: a `usage` or `unsupported` diagnostic when the configuration is not valid.
    public init(
        configuration: SimulationConfiguration, output: any OutputDirectory,
        clock: any SimulationClock = WallClock()
    ) throws(Diagnostic) {
        try configuration.validate()
        let now = clock.now()
        var dated = configuration
        dated.startMilliseconds = configuration.startMilliseconds ?? (configuration.isPaced ? now : nil)
        let simulator = try Self.simulator(for: dated)

        self.configuration = dated
        self.simulator = simulator
        begun = now
        start = dated.startMilliseconds ?? ShopSimulation.defaultStart
        followsWallClock = configuration.isPaced && configuration.startMilliseconds == nil
        self.output = output
        self.clock = clock
        buffer = LineBuffer(capacity: 4 << 20)
        names = FileNames(format: dated.format ?? dated.profile.usualFormat)
        let (last, overflow) = start.addingReportingOverflow(
            configuration.duration?.wholeMilliseconds ?? .max)
        end = overflow ? .max : last
        // Its own numbers, so that the lengths of the files change nothing in the lines.
        lengths = RandomSource(seed: ~configuration.seed)
        nextProgress = begun + Self.progressInterval
        summary = SimulationSummary(
            tally: simulator.tally, files: 0, bytes: 0, elapsed: .zero, seed: configuration.seed,
            wasStopped: false)
        cut = start
        moveCut()
    }

    /// Runs to the planned end, or until `shouldStop` answers true: then the file at hand is finished first.
    ///
    /// - Parameter progress: called from here, at most four times a second.
    /// - Throws: what hindered writing; the files that have appeared by then are complete.
    public mutating func run(
        until shouldStop: @Sendable () -> Bool = { false }, progress: (SimulationProgress) -> Void = { _ in }
    ) throws(Diagnostic) -> SimulationSummary {
        do throws(Diagnostic) {
            summary.wasStopped = true
            while !shouldStop() {
                if try advance(progress) {
                    summary.wasStopped = false
                    break
                }
            }
            try finishFile()
        } catch {
            output.discard()
            throw error
        }
        summary.tally = simulator.tally
        summary.elapsed = .milliseconds(clock.now() - begun)
        return summary
    }

    /// One turn: some lines, or the end of a file, or a wait; true when the run is over.
    private mutating func advance(_ progress: (SimulationProgress) -> Void) throws(Diagnostic) -> Bool {
        let passed = clock.now() - begun
        let deadline = configuration.isPaced ? min(start + passed, end) : .max
        report(at: begun + passed, deadline: deadline, progress)
        if followsWallClock, let next = simulator.nextArrival, deadline - next > Self.toleratedLag {
            simulator.skip(milliseconds: deadline - next)
        }
        let horizon = min(deadline, cut)
        if try appendLines(before: horizon) == Self.chunk {
            // Behind its pace and past its time: what is missing is given up.
            return configuration.isPaced && end != .max && start + passed - end > Self.toleratedLag
        }
        if simulator.nextArrival == nil { return true }
        if horizon == cut {
            try finishFile()
            moveCut()
            return false
        }
        if horizon == end { return true }
        clock.sleep(milliseconds: max(1, min(Self.longestSleep, cut - horizon, end - horizon)))
        return false
    }

    /// Appends up to a chunk of lines to the file at hand; opens one when there is none.
    private mutating func appendLines(before horizon: Int64) throws(Diagnostic) -> Int {
        guard let next = simulator.nextArrival, next < horizon else { return 0 }
        if fileBegan == nil {
            try output.begin()
            fileBegan = next
            buffer.append(simulator.fileHeader)
        }
        let lines = simulator.append(upTo: Self.chunk, arrivingBefore: horizon, to: &buffer)
        // Whole steps only: the kernel copies pages that are written whole much faster.
        if buffer.count >= Self.writeStep { try write(buffer.count / Self.writeStep * Self.writeStep) }
        if fileBytes + buffer.count >= Self.largestFile { try finishFile() }
        return lines
    }

    /// Writes the first `count` bytes of the buffer to the open file.
    private mutating func write(_ count: Int) throws(Diagnostic) {
        try buffer.withBytes { bytes throws(Diagnostic) in
            try output.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
        }
        fileBytes += count
        summary.bytes += count
        buffer.removeFirst(count)
    }

    private mutating func finishFile() throws(Diagnostic) {
        guard let began = fileBegan else { return }
        try write(buffer.count)
        var name = names.first(at: began)
        while try !output.publish(as: name) { name = names.next() }
        summary.files += 1
        summary.firstFile = summary.firstFile ?? name
        summary.lastFile = name
        fileBegan = nil
        fileBytes = 0
    }

    /// Sets where the next file's interval ends.
    private mutating func moveCut() {
        guard let interval = configuration.fileInterval else {
            cut = .max
            return
        }
        let shortest = interval.lowerBound.wholeMilliseconds
        let spread = interval.upperBound.wholeMilliseconds - shortest
        let length = shortest + (spread > 0 ? Int64(lengths.unit() * Double(spread + 1)) : 0)
        let (next, overflow) = cut.addingReportingOverflow(length)
        cut = overflow ? .max : next
    }

    private mutating func report(at now: Int64, deadline: Int64, _ progress: (SimulationProgress) -> Void) {
        guard now >= nextProgress else { return }
        nextProgress = now + Self.progressInterval
        let lag = configuration.isPaced ? max(0, deadline - (simulator.nextArrival ?? deadline)) : 0
        progress(
            SimulationProgress(
                lines: simulator.tally.lines, plannedLines: configuration.plannedLines, files: summary.files,
                bytes: summary.bytes + buffer.count, elapsed: .milliseconds(now - begun),
                lag: .milliseconds(lag)))
    }

    /// The world of the configuration's scenario; `validate()` has refused those that are not there yet.
    private static func simulator(
        for configuration: SimulationConfiguration
    ) throws(Diagnostic) -> any Simulator {
        try ShopSimulation(configuration: configuration)
    }
}
