import Columnar
import TestKit
import Testing

@testable import Runtime

@Suite struct ChunkTimeTests {
    private static func chunk(_ partition: Int, _ times: [Int64?]) -> ChunkTime {
        var running: [Int64] = []
        for time in times { running.append(max(running.last ?? .min, time ?? .min)) }
        let buffer = running.withUnsafeBytes { Buffer(copying: $0) }
        return ChunkTime(partition: partition, count: times.count, runningMaxima: buffer)
    }

    /// Watermarks of chunks of several partitions, against the minimum over all that came before, record by
    /// record.
    @Test(arguments: 1...80 as ClosedRange<UInt64>)
    func followsTheSlowestPartition(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let delay = Int64.random(in: 0...50, using: &random)
        var progress = SourceProgress(delay: delay)
        var maxima: [Int: Int64] = [:]
        var watermark = Int64.min
        var sequence: Int64 = 0
        for _ in 0..<12 {
            let partition = Int.random(in: 0..<4, using: &random)
            // nil is a record without a usable time.
            let times = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Int.random(in: 0..<5, using: &random) == 0 ? nil : Int64.random(in: 0...1_000, using: &random)
            }
            let chunk = Self.chunk(partition, times)
            progress.place(chunk)
            #expect(chunk.firstSequence == sequence, "seed \(seed)")
            for (row, time) in times.enumerated() {
                if let time { maxima[partition] = max(maxima[partition] ?? .min, time) }
                if let slowest = maxima.values.min() { watermark = max(watermark, slowest - delay) }
                #expect(
                    chunk.watermark(at: row) == watermark,
                    "seed \(seed), row \(row) of partition \(partition)")
            }
            sequence += Int64(times.count)
            #expect(progress.watermark == watermark, "seed \(seed)")
        }
    }
}
