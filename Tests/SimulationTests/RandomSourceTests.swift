import Testing

@testable import Simulation

@Suite("Random numbers")
struct RandomSourceTests {
    @Test("follow the published reference values")
    func reference() {
        var random = RandomSource(state: 1, 2, 3, 4)
        #expect((0..<4).map { _ in random.next() } == [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
        #expect(RandomSource.mixed(0) == 0xE220_A839_7B1D_CDAF)
        #expect(RandomSource.mixed(1_234_567) == 6_457_827_717_110_365_317)
        #expect(RandomSource.mixed(1_234_567, step: 2) == 3_203_168_211_198_807_973)
    }

    @Test("stay in their bounds and reach them")
    func bounds() {
        var random = RandomSource(seed: 3)
        var seen: Set<Int64> = []
        for _ in 0..<1000 {
            #expect((0..<7).contains(random.below(7)))
            #expect((0..<1).contains(random.unit()))
            seen.insert(random.within(-2...2))
        }
        #expect(seen == [-2, -1, 0, 1, 2])
    }

    @Test("an alias table draws by weight")
    func aliasTable() {
        let weights = [5.0, 0, 1, 3, 1]
        let table = AliasTable(weights: weights)
        var random = RandomSource(seed: 9)
        var counts = [Int](repeating: 0, count: weights.count)
        for _ in 0..<100_000 { counts[table.draw(&random)] += 1 }
        for (count, weight) in zip(counts, weights) { #expect(abs(Double(count) - weight * 10_000) < 500) }
        #expect(counts[1] == 0)
    }

    @Test("waiting times have the mean and the spread of the exponential")
    func exponential() {
        let table = ExponentialTable()
        var random = RandomSource(seed: 4)
        let draws = (0..<100_000).map { _ in table.draw(&random) }
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean - 1) < 0.02)
        #expect(abs(variance - 1) < 0.05)
        #expect(draws.allSatisfy { $0 > 0 && $0 < 10 })
    }

    @Test("a heap of timers gives them back in order, seed 6")
    func timers() {
        var random = RandomSource(seed: 6)
        var heap = TimerHeap()
        var model: [Int64] = []
        for slot in 0..<5000 {
            let time = random.within(0...1000)
            switch random.below(4) {
            case 0 where !model.isEmpty:
                #expect(heap.first?.time == model.removeFirst())
                heap.removeFirst()
            case 1 where !model.isEmpty:
                let later = model.removeFirst() + time
                model.append(later)
                heap.postponeFirst(to: later)
            default:
                model.append(time)
                heap.insert(slot: slot, at: time)
            }
            model.sort()
            #expect(heap.first?.time == model.first)
            #expect(heap.count == model.count)
        }
    }
}
