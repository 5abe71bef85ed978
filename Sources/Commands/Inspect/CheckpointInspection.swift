import Diagnostics
import Formats
import Runtime
import Storage

/// What is in a pipeline's state directory.
///
/// ```
/// <state>/instance              who this is, in the log of every table it writes
/// <state>/log/<epoch>.wal       the write-ahead log, a file for each epoch that is kept
/// <state>/…                     the state itself
/// ```
struct CheckpointInspection: InspectionReport {
    struct Epoch: Sendable {
        let number: Int64
        /// nil when its log does not even hold its beginning.
        let logged: LoggedEpoch?
        /// Bytes of its log.
        let bytes: Int
        /// Milliseconds since 1970.
        let modified: Int64

        var stage: String { logged?.stage.rawValue ?? "torn" }
    }

    /// What one folder of it holds.
    struct Part: Sendable {
        let name: String
        var files = 0
        var bytes = 0
    }

    let path: String
    let instance: String?
    /// Its folders, in the order of their names.
    let parts: [Part]
    /// Ascending.
    let epochs: [Epoch]
    let files: Int
    let bytes: Int
    let listed: Int

    static func read(
        _ path: String, in files: any FileSystem, epochs listed: Int
    ) throws(Diagnostic) -> CheckpointInspection {
        let log = Path.join(path, "log")
        let status = try StorageFailure.told("cannot look at") { () throws(StorageError) in
            try files.status(path)
        }
        guard let status, status.isDirectory else {
            throw Diagnostic(
                .notFound, "there is no state directory at \(path)",
                expected: "the folder that --state named",
                hint: "millrace run FILE.sql keeps it at .millrace/FILE")
        }
        let instance = try? files.read(Path.join(path, "instance"))
        let hasLog = (try? files.status(log))??.isDirectory ?? false
        guard instance != nil || hasLog else {
            throw Diagnostic(
                .notFound, "\(path) is no state directory: it has neither instance nor log",
                expected: "the folder that --state named")
        }
        let contents = try contents(of: path, in: files)
        var epochs: [Epoch] = []
        for file in contents where Path.directory(of: file.path) == log && file.path.hasSuffix(".wal") {
            guard let number = Int64(Path.name(of: file.path).dropLast(4)) else { continue }
            epochs.append(
                Epoch(
                    number: number, logged: (try? LoggedEpoch(logFile: file.path, in: files)) ?? nil,
                    bytes: file.status.size,
                    modified: file.status.modificationNanoseconds / 1_000_000))
        }
        return CheckpointInspection(
            path: path, instance: instance.map { text(of: $0) }, parts: parts(of: contents, below: path),
            epochs: epochs.sorted { $0.number < $1.number }, files: contents.count,
            bytes: contents.reduce(0) { $0 + $1.status.size }, listed: listed)
    }

    private static func parts(
        of contents: [(path: String, status: FileStatus)], below folder: String
    ) -> [Part] {
        var parts: [String: Part] = [:]
        let root = Path.join(folder, "")
        for file in contents {
            let names = file.path.dropFirst(root.count).split(separator: "/")
            guard names.count > 1, let name = names.first.map(String.init) else { continue }
            parts[name, default: Part(name: name)].files += 1
            parts[name, default: Part(name: name)].bytes += file.status.size
        }
        return parts.values.sorted { $0.name < $1.name }
    }

    private static func text(of bytes: [UInt8]) -> String {
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return DisplayWidth.visible(text)
    }

    /// All files below a folder.
    private static func contents(
        of folder: String, in files: any FileSystem
    ) throws(Diagnostic) -> [(path: String, status: FileStatus)] {
        var found: [(path: String, status: FileStatus)] = []
        let entries = try StorageFailure.told("cannot list") { () throws(StorageError) in
            try files.list(folder)
        }
        for entry in entries {
            let path = Path.join(folder, entry.name)
            if entry.isDirectory {
                found += try contents(of: path, in: files)
            } else if let status = try? files.status(path) {
                // A file may go while the pipeline runs.
                found.append((path, status))
            }
        }
        return found
    }

    var isFailure: Bool { false }

    var lines: [String] {
        var lines = [
            "checkpoint \(path)", "  instance: \(instance ?? "none yet")",
            "  \(NumberDisplay.count(files, "file")), \(NumberDisplay.bytes(bytes))",
        ]
        for part in parts {
            let count = NumberDisplay.count(part.files, "file")
            lines.append("    \(part.name): \(count), \(NumberDisplay.bytes(part.bytes))")
        }
        guard !epochs.isEmpty else { return lines + ["  no epoch has begun"] }
        lines.append("  \(standing)")
        var table = TextTable([
            ("epoch", .right), ("", .left), ("input", .right), ("in parts", .right), ("clock", .left),
            ("log", .right), ("last written", .left),
        ])
        for epoch in epochs.suffix(listed).reversed() {
            table.add([
                String(epoch.number), epoch.stage, epoch.logged.map { NumberDisplay.bytes($0.bytes) } ?? "-",
                epoch.logged.map { NumberDisplay.grouped($0.ranges) } ?? "-",
                epoch.logged.map { LiveView.time($0.clock) } ?? "-", NumberDisplay.bytes(epoch.bytes),
                LiveView.time(epoch.modified),
            ])
        }
        return lines + [""] + (table.isEmpty ? [] : table.lines(indent: "  "))
    }

    /// Which epochs are done, and what the next start makes of the others.
    private var standing: String {
        let done = epochs.last { $0.logged?.stage == .done }?.number ?? (epochs.first?.number ?? 1) - 1
        var parts = [done > 0 ? "done up to epoch \(done)" : "no epoch is done yet"]
        for epoch in epochs where epoch.number > done {
            switch epoch.logged?.stage {
            case .sealed: parts.append("\(epoch.number) is sealed and being committed, or left so by a crash")
            case .open: parts.append("\(epoch.number) takes input, or did at a crash")
            case .done, nil: parts.append("\(epoch.number) had hardly begun")
            }
        }
        return parts.joined(separator: "; ")
    }

    var json: JSONValue {
        [
            "path": .string(path), "instance": instance.map { .string($0) } ?? .null, "files": .number(files),
            "bytes": .number(bytes),
            "parts": .object(
                parts.map {
                    .init($0.name, ["files": .number($0.files), "bytes": .number($0.bytes)])
                }),
            "epochs": .array(
                epochs.map {
                    [
                        "epoch": .number($0.number), "stage": .string($0.stage),
                        "input_bytes": $0.logged.map { .number($0.bytes) } ?? .null,
                        "clock_ms": $0.logged.map { .number($0.clock) } ?? .null, "bytes": .number($0.bytes),
                    ]
                }),
        ]
    }
}
