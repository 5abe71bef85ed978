import Columnar
import Diagnostics
import Formats
import Runtime
import Synchronization

/// Reads records that were handed in: for tests, and for whoever embeds the runtime.
///
/// Positions count records, so any range can be read again as long as the records are there. Records may be
/// added while a task runs; offsets count within a partition, of lines they are bytes.
public final class MemorySource: Source, @unchecked Sendable {
    private enum Content {
        case messages([MemoryRecord])
        /// Without their line ends.
        case lines([[UInt8]])

        var count: Int {
            switch self {
            case .messages(let records): return records.count
            case .lines(let lines): return lines.count
            }
        }

        func bytes(_ index: Int) -> Int {
            switch self {
            case .messages(let records): return records[index].byteCount
            case .lines(let lines): return lines[index].count + 1
            }
        }

        func partition(_ index: Int) -> Int {
            if case .messages(let records) = self { return records[index].partition }
            return 0
        }
    }

    public let name: String
    private let content: Mutex<Content>
    private let wakePipe = WakePipe()
    /// Behind the last record that was handed out. Belongs to the task's thread.
    private var next = 0

    /// A topic's messages.
    public init(name: String, messages: [MemoryRecord]) {
        self.name = name
        content = Mutex(.messages(messages))
    }

    /// A file's lines.
    public init(name: String, lines: [String]) {
        self.name = name
        content = Mutex(.lines(lines.map { Array($0.utf8) }))
    }

    /// Adds messages behind those that are there. From any thread.
    public func append(_ more: [MemoryRecord]) {
        content.withLock { content in
            guard case .messages(let records) = content else { preconditionFailure("the source has lines") }
            content = .messages(records + more)
        }
        wakePipe.wake()
    }

    /// Adds lines behind those that are there. From any thread.
    public func append(lines more: [String]) {
        content.withLock { content in
            guard case .lines(let lines) = content else { preconditionFailure("the source has messages") }
            content = .lines(lines + more.map { Array($0.utf8) })
        }
        wakePipe.wake()
    }

    // MARK: Source

    public func restore(_ position: [UInt8]?) throws(Diagnostic) {
        guard let position else {
            next = 0
            return
        }
        let numbers = Self.numbers(position)
        guard numbers.count == 1, numbers[0] <= content.withLock({ $0.count }) else { throw missing() }
        next = numbers[0]
    }

    public func position() -> [UInt8] { Self.encode([next]) }

    public func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        content.withLock { content in
            let start = next
            var bytes = 0
            while next < content.count {
                let size = content.bytes(next)
                if next > start, bytes + size > maximumBytes { break }
                bytes += size
                next += 1
            }
            guard next > start else { return [] }
            return [InputRange(encoded: Self.encode([start, next]), byteCount: bytes)]
        }
    }

    public func replay(_ range: InputRange) throws(Diagnostic) {
        next = try bounds(range).upperBound
    }

    public func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        let bounds = try bounds(range)
        return content.withLock { content in
            var loaders: [ChunkLoader] = []
            var start = bounds.lowerBound
            while start < bounds.upperBound {
                var end = start
                var bytes = 0
                while end < bounds.upperBound, end == start || bytes + content.bytes(end) <= targetBytes,
                    content.partition(end) == content.partition(start)
                {
                    bytes += content.bytes(end)
                    end += 1
                }
                let chunk = chunk(start..<end, of: content)
                loaders.append(ChunkLoader(byteCount: bytes) { () throws(Diagnostic) in [chunk] })
                start = end
            }
            return loaders
        }
    }

    public func wait(milliseconds: Int) { wakePipe.wait(milliseconds: milliseconds) }

    public func wake() { wakePipe.wake() }

    public func acknowledge() throws(Diagnostic) {}

    public func lag() -> Int {
        content.withLock { content in (next..<max(next, content.count)).reduce(0) { $0 + content.bytes($1) } }
    }

    // MARK: Chunks

    private func chunk(_ range: Range<Int>, of content: Content) -> Chunk {
        switch content {
        case .messages(let records): return messages(range, of: records)
        case .lines(let lines):
            let offset = lines[..<range.lowerBound].reduce(0) { $0 + $1.count + 1 }
            let bytes = lines[range].reduce(into: [UInt8]()) { $0 += $1 + [UInt8(ascii: "\n")] }
            let buffer = bytes.withUnsafeBytes { Buffer(copying: $0) }
            return Chunk(
                buffer: buffer, range: 0..<bytes.count, sourceName: name, offset: Int64(offset), header: nil,
                isLastOfFile: range.upperBound == lines.count, rejections: [])
        }
    }

    private func messages(_ range: Range<Int>, of records: [MemoryRecord]) -> Chunk {
        var bytes: [UInt8] = []
        func place(_ part: [UInt8]?) -> Range<Int>? {
            guard let part else { return nil }
            bytes += part
            return bytes.count - part.count..<bytes.count
        }
        let partition = records[range.lowerBound].partition
        var keys: [Range<Int>?] = []
        var values: [Range<Int>?] = []
        for record in records[range] {
            keys.append(place(record.key))
            values.append(place(record.value))
        }
        let first = records[..<range.lowerBound].count { $0.partition == partition }
        let spans = MessageSpans(
            keys: RecordFrames(keys), values: RecordFrames(values),
            timestamps: records[range].map(\.timestamp),
            offsets: range.indices.map { Int64(first + $0 - range.lowerBound) },
            headers: records[range].contains { !$0.headers.isEmpty } ? records[range].map(\.headers) : [])
        return Chunk(
            buffer: bytes.withUnsafeBytes { Buffer(copying: $0) }, messages: spans, sourceName: name,
            partition: partition)
    }

    // MARK: Positions

    private func bounds(_ range: InputRange) throws(Diagnostic) -> Range<Int> {
        let numbers = Self.numbers(range.encoded)
        guard numbers.count == 2, numbers[0] <= numbers[1], numbers[1] <= content.withLock({ $0.count })
        else {
            throw missing()
        }
        return numbers[0]..<numbers[1]
    }

    private func missing() -> Diagnostic {
        Diagnostic(
            .notFound, "records of \(name) that were taken before are not there any more",
            hint: "hand in the records that were there before, or start over with another state directory")
    }

    private static func encode(_ numbers: [Int]) -> [UInt8] {
        Array(numbers.map(String.init).joined(separator: " ").utf8)
    }

    private static func numbers(_ bytes: [UInt8]) -> [Int] {
        String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    }
}
