import Columnar

/// Loops over values of fixed width. Each operand is a column or a constant, decided outside of the loop.
enum FixedKernels {
    @inline(__always)
    static func pointer<T>(_ operand: Operand, _ type: T.Type) -> UnsafeMutablePointer<T> {
        UnsafeMutableRawPointer(operand.column.int64s).assumingMemoryBound(to: T.self)
    }

    @inline(__always)
    static func map<A, R>(
        _ operand: Operand, count: Int, _ body: (A) -> R
    ) -> Buffer {
        let result = Buffer(capacity: count * MemoryLayout<R>.stride)
        let out = result.pointer.assumingMemoryBound(to: R.self)
        let values = pointer(operand, A.self)
        for row in 0..<count { out[row] = body(values[row]) }
        return result
    }

    @inline(__always)
    static func map<A, B, R>(
        _ left: Operand, _ right: Operand, count: Int, _ body: (A, B) -> R
    ) -> Buffer {
        let result = Buffer(capacity: count * MemoryLayout<R>.stride)
        let out = result.pointer.assumingMemoryBound(to: R.self)
        let (a, b) = (pointer(left, A.self), pointer(right, B.self))
        switch (left.isConstant, right.isConstant) {
        case (false, false):
            for row in 0..<count { out[row] = body(a[row], b[row]) }
        case (false, true):
            let constant = b[0]
            for row in 0..<count { out[row] = body(a[row], constant) }
        case (true, false):
            let constant = a[0]
            for row in 0..<count { out[row] = body(constant, b[row]) }
        case (true, true):
            for row in 0..<count { out[row] = body(a[0], b[0]) }
        }
        return result
    }

    /// One bit for each row. Sixty-four answers are laid out as bytes first, which the compiler turns into
    /// vector instructions, and then packed eight at a time by a multiplication.
    @inline(__always)
    static func bits(count: Int, _ test: (Int) -> Bool) -> Bitmap {
        let result = Bitmap(buffer: Buffer(capacity: Bitmap.bytes(for: count)), count: count)
        let words = result.words
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 64) { scratch in
            guard let base = scratch.baseAddress else { return }
            let bytes = base.assumingMemoryBound(to: UInt8.self)
            let eights = base.assumingMemoryBound(to: UInt64.self)
            for word in 0..<count / 64 {
                let start = word &* 64
                for index in 0..<64 { bytes[index] = test(start &+ index) ? 1 : 0 }
                var packed: UInt64 = 0
                for eight in 0..<8 {
                    let bits = (eights[eight] &* 0x0102_0408_1020_4080) &>> 56
                    packed |= bits &<< UInt64(eight &* 8)
                }
                words[word] = packed
            }
        }
        let tail = count / 64 * 64
        if tail < count {
            var packed: UInt64 = 0
            for row in tail..<count where test(row) { packed |= 1 << UInt64(row - tail) }
            words[tail / 64] = packed
        }
        return result
    }

    @inline(__always)
    static func test<A, B>(
        _ left: Operand, _ right: Operand, count: Int, _ body: (A, B) -> Bool
    ) -> Bitmap {
        let (a, b) = (pointer(left, A.self), pointer(right, B.self))
        switch (left.isConstant, right.isConstant) {
        case (false, false): return bits(count: count) { body(a[$0], b[$0]) }
        case (false, true):
            let constant = b[0]
            return bits(count: count) { body(a[$0], constant) }
        case (true, false):
            let constant = a[0]
            return bits(count: count) { body(constant, b[$0]) }
        case (true, true): return bits(count: count) { _ in body(a[0], b[0]) }
        }
    }
}
