import CZlib
import CZstd
import Diagnostics
import Formats
import Foundation
import Storage
import Synchronization

import Runtime
@testable import Connectors

/// A temporary directory with a source on it, and a clock that only the test moves.
final class FileBed: @unchecked Sendable {
    let root: String
    var settings: FileSourceSettings
    let now = TestClock()
    let reports = ReportLog()
    private(set) var source: FileSource
    let fileSystem = LocalFileSystem()

    init(
        framing: Framing = .lines, patterns: [String] = FileSourceSettings.allPatterns,
        below: String = "", _ adjust: (inout FileSourceSettings, String) -> Void = { _, _ in }
    ) throws {
        root = NSTemporaryDirectory() + "millrace-files-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        settings = FileSourceSettings(
            path: below.isEmpty ? root : root + "/" + below, filePatterns: patterns, framing: framing)
        adjust(&settings, root)
        source = try Self.makeSource(settings, now, reports)
        try source.restore(nil)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private static func makeSource(
        _ settings: FileSourceSettings, _ now: TestClock, _ reports: ReportLog
    ) throws -> FileSource {
        try FileSource(
            settings, fileSystem: LocalFileSystem(), clock: { now.nanoseconds }, report: { reports.add($0) })
    }

    /// A new source from a position and the ranges behind it, as after a crash.
    func restart(_ position: [UInt8]?, replaying ranges: [InputRange] = []) throws {
        source = try Self.makeSource(settings, now, reports)
        try source.restore(position)
        for range in ranges { try source.replay(range) }
    }

    func path(_ name: String) -> String { root + "/" + name }

    func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

    /// Writes under another name and renames, as a careful writer does.
    func write(_ name: String, _ bytes: [UInt8]) {
        let temporary = root + "/." + UUID().uuidString
        _ = FileManager.default.createFile(atPath: temporary, contents: Data(bytes))
        rename(temporary, path(name))
    }

    /// Writes into the file that is there.
    func overwrite(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func append(_ name: String, _ text: String) { append(name, Array(text.utf8)) }

    func append(_ name: String, _ bytes: [UInt8]) {
        let file = open(path(name), O_WRONLY | O_APPEND | O_CREAT, 0o644)
        defer { close(file) }
        _ = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
    }

    func move(_ name: String, _ other: String) { rename(path(name), path(other)) }

    func remove(_ name: String) { unlink(path(name)) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// Polls until there is no more, and reads all; records as text.
    func read(
        final: Bool = false, maximumBytes: Int = 1 << 30, targetBytes: Int = 1 << 20
    ) throws -> [String] {
        var records: [String] = []
        while true {
            let ranges = try source.poll(maximumBytes: maximumBytes, isFinal: final)
            if ranges.isEmpty { return records }
            for range in ranges { records += try self.records(range, targetBytes: targetBytes) }
        }
    }

    func records(_ range: InputRange, targetBytes: Int = 1 << 20) throws -> [String] {
        try RangeReading(source, range, targetBytes: targetBytes).records
    }
}

/// All that the loaders of a range give.
struct RangeReading: Equatable {
    struct Refusal: Equatable {
        var offset: Int64
        var byteCount: Int64
        var bytes: [UInt8]
        var code: DiagnosticCode
    }

    var records: [String] = []
    var offsets: [Int64] = []
    var rejections: [Refusal] = []
    var names: Set<String> = []
    var headers: Set<[UInt8]?> = []
    var lastOfFile = 0

    init() {}

    init(_ source: FileSource, _ range: InputRange, targetBytes: Int) throws {
        let loaders = try source.chunks(of: range, targetBytes: targetBytes)
        for loader in loaders {
            for chunk in try loader.load() {
                names.insert(chunk.sourceName)
                headers.insert(chunk.header)
                if chunk.isLastOfFile { lastOfFile += 1 }
                let bytes = Array(
                    UnsafeRawBufferPointer(start: chunk.buffer.pointer, count: chunk.range.upperBound))
                add(bytes[chunk.range], chunk.offset, isQuoted: source.settings.framing != .lines)
                for rejection in chunk.rejections {
                    rejections.append(
                        Refusal(
                            offset: rejection.offset, byteCount: rejection.byteCount, bytes: rejection.bytes,
                            code: rejection.reason.code))
                }
            }
        }
    }

    /// Parts records the slow way.
    private mutating func add(_ bytes: ArraySlice<UInt8>, _ offset: Int64, isQuoted: Bool) {
        var record: [UInt8] = []
        var start = offset
        var inQuotes = false
        for byte in bytes {
            record.append(byte)
            if isQuoted, byte == UInt8(ascii: "\"") { inQuotes.toggle() }
            if byte == UInt8(ascii: "\n"), !inQuotes {
                records.append(String(decoding: record.dropLast(), as: UTF8.self))
                offsets.append(start)
                start += Int64(record.count)
                record = []
            }
        }
        if !record.isEmpty {
            records.append(String(decoding: record, as: UTF8.self))
            offsets.append(start)
        }
    }
}

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let time = Mutex<Int64>(1_000_000_000)

    var nanoseconds: Int64 { time.withLock { $0 } }

    func advance(milliseconds: Int) { time.withLock { $0 += Int64(milliseconds) * 1_000_000 } }
}

/// What a source reported.
final class ReportLog: Sendable {
    private let log = Mutex<[Diagnostic]>([])

    var all: [Diagnostic] { log.withLock { $0 } }

    func add(_ diagnostic: Diagnostic) { log.withLock { $0.append(diagnostic) } }
}

extension Framing {
    /// CSV as RFC 4180 has it, with a header.
    static let csvWithHeader = Framing.csv(CSVOptions(), columns: .header)
}

/// Compressed members for tests.
enum Packed {
    static func gzip(_ text: String) -> [UInt8] {
        let input = Array(text.utf8)
        var stream = z_stream()
        deflateInit2_(
            &stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
            Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: input.count + input.count / 8 + 100)
        let capacity = output.count
        var source = input
        source.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(capacity)
                _ = deflate(&stream, Z_FINISH)
            }
        }
        return Array(output[..<(capacity - Int(stream.avail_out))])
    }

    static func zstandard(_ text: String) -> [UInt8] {
        let input = Array(text.utf8)
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(input.count))
        let context = ZSTD_createCCtx()
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        let count = ZSTD_compress2(context, &output, output.count, input, input.count)
        return Array(output[..<count])
    }
}
