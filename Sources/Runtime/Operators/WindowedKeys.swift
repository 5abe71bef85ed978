import Columnar
import Formats
import Planning

/// Keys with the bounds of a window behind them, as Kafka's serializers of windowed keys write them.
///
/// ```
/// time windows  | key | start: Int64 |
/// sessions      | key | end: Int64 | start: Int64 |    big-endian, milliseconds
/// ```
struct WindowedKeys {
    /// The keys without the bounds.
    let keys: RecordFrames
    /// BIGINT; NULL where there is no key.
    let starts: Column
    let ends: Column
    /// Rows whose key is too short.
    let broken: [Int]

    init(_ frames: RecordFrames, _ windowing: Relation.Windowing, in buffer: Buffer) {
        let width = windowing == .session ? 16 : 8
        var ranges: [Range<Int>?] = []
        var broken: [Int] = []
        let starts = ColumnBuilder(type: .bigint, capacity: frames.count)
        let ends = ColumnBuilder(type: .bigint, capacity: frames.count)
        func number(_ offset: Int) -> Int64 {
            Int64(bigEndian: buffer.pointer.loadUnaligned(fromByteOffset: offset, as: Int64.self))
        }
        for row in 0..<frames.count {
            guard let range = frames.range(row), range.count >= width else {
                if frames.range(row) != nil { broken.append(row) }
                ranges.append(nil)
                starts.appendNull()
                ends.appendNull()
                continue
            }
            ranges.append(range.lowerBound..<range.upperBound - width)
            let start = number(range.upperBound - 8)
            starts.append(start)
            switch windowing {
            case .time(let size): ends.append(start &+ size)
            case .session: ends.append(number(range.upperBound - 16))
            }
        }
        keys = RecordFrames(ranges)
        self.starts = starts.finish()
        self.ends = ends.finish()
        self.broken = broken
    }
}
