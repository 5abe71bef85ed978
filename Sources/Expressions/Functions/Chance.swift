import Columnar

/// RANDOM() and UUID(): derived from the instance's seed and the record's position, so that a re-run
/// repeats them.
enum Chance {
    @Sendable static func random(_ call: Invocation) -> Column {
        let values = Buffer(capacity: call.count * 8)
        let out = values.pointer.assumingMemoryBound(to: Double.self)
        forEachRow(call) { row, bits in
            // 53 bits in [0, 1).
            out[row] = Double(bits.low >> 11) * 0x1p-53
        }
        return .fixed(.double, count: call.count, validity: nil, values: values)
    }

    /// A random UUID, version 4, variant 1.
    @Sendable static func uuid(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        forEachRow(call) { row, bits in
            let high = bits.low & ~0xF000 | 0x4000
            let low = bits.high & ~(0xC000 << 48) | (0x8000 << 48)
            let target = writer.room(36).assumingMemoryBound(to: UInt8.self)
            var place = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    target[place] = UInt8(ascii: "-")
                    place += 1
                }
                let word = index < 16 ? high : low
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 15
                target[place] = nibble < 10 ? nibble + 48 : nibble + 87
                place += 1
            }
            writer.commit(row, length: 36)
        }
        return writer.finish(.string, count: call.count, validity: nil)
    }

    private static func forEachRow(_ call: Invocation, _ body: (Int, Fingerprint) -> Void) {
        let context = call.context
        let seed = Fingerprint(low: context.seed ^ 0x9E37_79B9_7F4A_7C15, high: call.salt ^ context.seed)
            .combined(with: Int64(bitPattern: call.salt))
        if context.positions.isEmpty {
            for row in 0..<call.count {
                body(row, mixed(seed.combined(with: context.firstPosition &+ Int64(row))))
            }
            return
        }
        withUnsafeTemporaryAllocation(of: Fingerprint.self, capacity: max(1, call.count)) { prints in
            guard let base = prints.baseAddress else { return }
            KeyHash.fingerprints(of: context.positions, count: call.count, seed: seed, into: base)
            for row in 0..<call.count { body(row, mixed(base[row])) }
        }
    }

    private static func mixed(_ print: Fingerprint) -> Fingerprint {
        print.combined(with: Int64(bitPattern: print.high ^ 0xA076_1D64_78BD_642F))
    }
}
