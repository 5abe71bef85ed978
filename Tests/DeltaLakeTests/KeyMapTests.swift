import Columnar
import TestKit
import Testing

@testable import DeltaLake

@Suite struct KeyMapTests {
    @Test(arguments: 0..<8) func behavesAsADictionary(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let map = KeyMap()
        var model: [Fingerprint: Int32] = [:]
        for step in 0..<20_000 {
            // Few different low words, so that keys collide and removal has to move them.
            let key = Fingerprint(
                low: UInt64.random(in: 0..<64, using: &random) &* 16,
                high: UInt64.random(in: 0..<60, using: &random))
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<9:
                let file = Int32.random(in: 0..<50, using: &random)
                map.set(key, to: file)
                model[key] = file
            case 9..<19:
                map.remove(key)
                model[key] = nil
            default:
                if step % 100 != 0 { continue }
                if Bool.random(using: &random) {
                    map.keep { $0 % 3 != 0 }
                    model = model.filter { $0.value % 3 != 0 }
                } else {
                    map.renumber { $0 % 5 == 0 ? -1 : $0 + 1 }
                    model = model.filter { $0.value % 5 != 0 }.mapValues { $0 + 1 }
                }
            }
            if step % 500 == 0 {
                #expect(map.count == model.count, "seed \(seed) step \(step)")
                #expect(model.allSatisfy { map[$0.key] == $0.value }, "seed \(seed) step \(step)")
            }
        }
    }
}
