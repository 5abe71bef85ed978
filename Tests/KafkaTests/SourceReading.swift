import Diagnostics
import Foundation
import Runtime
import Synchronization
import Testing

@testable import Connectors

/// What tests read from a source.
final class SourceReading {
    let source: KafkaSource
    let reports = Mutex<[Diagnostic]>([])

    struct Late: Error {}

    init(
        _ settings: KafkaSourceSettings, from position: [UInt8]? = nil,
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) throws {
        source = KafkaSource(settings, report: report)
        try source.restore(position)
    }

    /// The records of a range, a line each.
    func lines(_ range: InputRange, targetBytes: Int = 1 << 20) throws -> [String] {
        var lines: [String] = []
        for loader in try source.chunks(of: range, targetBytes: targetBytes) {
            for chunk in try loader.load() { lines += Self.lines(chunk) }
        }
        return lines
    }

    static func lines(_ chunk: Chunk) -> [String] {
        guard case .messages(let spans) = chunk.framing else { return [] }
        let all = UnsafeRawBufferPointer(start: chunk.buffer.pointer, count: chunk.buffer.capacity)
        func text(_ range: Range<Int>?) -> String {
            range.map { String(decoding: all[$0], as: UTF8.self) } ?? "-"
        }
        return (0..<spans.values.count).map { row in
            let headers = spans.headers.isEmpty ? [] : spans.headers[row]
            let named = headers.map { header in
                "\(header.name)=\(header.value.map { String(decoding: $0, as: UTF8.self) } ?? "-")"
            }
            return "\(chunk.partition) \(spans.offsets[row]) \(spans.timestamps[row]) "
                + "\(text(spans.keys.range(row))) \(text(spans.values.range(row))) "
                + "[\(named.joined(separator: ","))]"
        }
    }

    /// Polls until so many records have come.
    func read(_ count: Int, maximumBytes: Int = 1 << 20) throws -> [String] {
        var found: [String] = []
        let end = Date(timeIntervalSinceNow: 120)
        while found.count < count {
            for range in try source.poll(maximumBytes: maximumBytes, isFinal: false) {
                found += try lines(range)
            }
            if Date() > end { throw Late() }
            source.wait(milliseconds: 20)
        }
        return found
    }

    /// All that is there.
    func readAll() throws -> [String] {
        var found: [String] = []
        while true {
            let ranges = try source.poll(maximumBytes: 1 << 20, isFinal: true)
            if ranges.isEmpty { return found }
            for range in ranges { found += try lines(range) }
        }
    }
}
