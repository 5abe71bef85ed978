import Testing

@testable import Runtime

@Suite struct TaskCheckpointTests {
    private static var full: TaskCheckpoint {
        var checkpoint = TaskCheckpoint()
        checkpoint.positions = ["EVENTS": [1, 2, 3], "Ünïcode": [], "": [0]]
        checkpoint.progress = [
            "EVENTS": SourceProgress(
                delay: 0, maxima: [5, .min, .max], watermark: -7, nextSequence: 1 << 50),
            "EMPTY": SourceProgress(delay: 0),
        ]
        checkpoint.counters = ["relation/A": [1, 2, 3, 4, 5], "none": []]
        checkpoint.sinkEpochs = ["lake": 12]
        checkpoint.signatures = ["A": "group A; window none changes"]
        return checkpoint
    }

    @Test func givesBackWhatItKept() throws {
        let full = Self.full
        let back = try #require(TaskCheckpoint(full.bytes))
        #expect(back.positions == full.positions)
        #expect(back.counters == full.counters)
        #expect(back.sinkEpochs == full.sinkEpochs)
        #expect(back.signatures == full.signatures)
        for (name, progress) in full.progress {
            #expect(back.progress[name]?.maxima == progress.maxima)
            #expect(back.progress[name]?.watermark == progress.watermark)
            #expect(back.progress[name]?.nextSequence == progress.nextSequence)
        }
        #expect(back.bytes == full.bytes)
    }

    @Test func refusesBytesThatAreCutOff() {
        let bytes = Self.full.bytes
        for length in 0..<bytes.count {
            #expect(TaskCheckpoint(Array(bytes.prefix(length))) == nil, "cut at \(length)")
        }
    }

    @Test func survivesAnyDamage() {
        let bytes = Self.full.bytes
        for position in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << bit
                _ = TaskCheckpoint(damaged)
            }
        }
    }
}
