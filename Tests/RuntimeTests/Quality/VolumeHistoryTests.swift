import Planning
import Storage
import TestKit
import Testing

@testable import Runtime

@Suite("Volume against the usual") struct VolumeHistoryTests {
    private let minute: Int64 = 60_000
    private var plan: VolumePlan {
        VolumePlan(window: minute, warning: 5, failure: 6, history: 20, leastHistory: 5)
    }

    /// Judges windows with so many rows, one after another, each at its end.
    private func judge(
        _ counts: [Int64], _ history: inout VolumeHistory, from start: Int64 = 0
    ) -> [RuleStatus] {
        var statuses: [RuleStatus] = []
        for (index, count) in counts.enumerated() {
            let at = start + Int64(index) * minute
            history.take(count > 0 ? [at: count] : [:], size: minute)
            statuses += history.close(upTo: at + minute, plan).map(\.status)
        }
        return statuses
    }

    @Test("the first window is left out, and nothing is judged before there is a history")
    func beginning() {
        var history = VolumeHistory()
        #expect(
            judge([3, 1000, 1010, 990, 1005, 995, 5000], &history) == [
                .pass, .pass, .pass, .pass, .pass, .fail,
            ])
        #expect(history.counts.first == 1000)
    }

    @Test("what chance alone does is no alarm", arguments: 1...20 as ClosedRange<UInt64>)
    func chance(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var history = VolumeHistory()
        let counts = (0..<300).map { _ in
            // The sum of many chances lies about its mean as counts of events do.
            (0..<1000).reduce(Int64(0)) { sum, _ in
                sum + (UInt64.random(in: 0...3, using: &random) == 0 ? 1 : 0)
            }
        }
        #expect(judge(counts, &history).allSatisfy { $0 == .pass }, "seed \(seed)")
    }

    @Test("too many, too few and none at all are seen; a new level becomes the usual one")
    func levels() {
        var history = VolumeHistory()
        _ = judge([1000] + [Int64](repeating: 1000, count: 20), &history)
        #expect(judge([2000], &history, from: 21 * minute) == [.fail])
        #expect(judge([0], &history, from: 22 * minute) == [.fail])
        #expect(judge([1280], &history, from: 23 * minute) == [.warn])
        let later = judge([Int64](repeating: 3000, count: 40), &history, from: 24 * minute)
        #expect(later.first == .fail)
        #expect(later.suffix(20).allSatisfy { $0 == .pass })
    }

    @Test("a window is judged once its end has passed, and rows after that do not count")
    func late() {
        var history = VolumeHistory()
        history.take([0: 5, minute: 7, 2 * minute: 9], size: minute)
        #expect(history.close(upTo: 2 * minute, plan).map(\.rows) == [7])
        history.take([minute: 100, 2 * minute: 1], size: minute)
        #expect(history.close(upTo: 3 * minute - 1, plan).isEmpty)
        #expect(history.close(upTo: 3 * minute, plan).map(\.rows) == [10])
    }

    @Test("one event far in the future neither hangs nor fills memory")
    func future() {
        var history = VolumeHistory()
        _ = judge([1000] + [Int64](repeating: 1000, count: 20), &history)
        history.take([1 << 50: 1], size: minute)
        let judged = history.close(upTo: 1 << 51, plan)
        #expect(judged.count < 100)
        #expect(judged.first?.status == .fail)
        history.take([Int64.min / 2: 1, Int64.max - 1: 1], size: minute)
        _ = history.close(upTo: .max, plan)
    }

    @Test("it comes back from a checkpoint as it was")
    func checkpoint() throws {
        var history = VolumeHistory()
        _ = judge([9, 8, 7, 6], &history)
        history.take([10 * minute: 3], size: minute)
        var encoder = BinaryEncoder()
        history.encode(into: &encoder)
        var decoder = BinaryDecoder(encoder.bytes)
        #expect(try VolumeHistory(from: &decoder) == history)
        #expect(decoder.isAtEnd)
    }
}
