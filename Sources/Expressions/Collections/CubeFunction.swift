import Columnar

/// What CUBE_EXPLODE makes rows of: the ARRAY with each choice of its elements replaced by NULL.
enum CubeFunction {
    static let entry = ScalarFunction(
        "CUBE_EXPLODE",
        signatures: [Signature([.array(.any(0))], result: { .array($0[0]) }, cube)])

    /// Above, one row would make more than 65,536.
    private static let most = 16

    /// From all NULL to none, counted in binary with the last element as the lowest bit. An element that is
    /// NULL anyway is no choice: it would only repeat rows.
    @Sendable private static func cube(_ call: Invocation) -> Column {
        let array = call.operands[0]
        let elements = array.column.children[0]
        // Row 0 of the picked column is the NULL.
        let choices = Column.concatenate([.nulls(elements.type, count: 1), elements])
        var inner: [Int32] = [0]
        var picks: [Int32] = []
        let offsets = Buffer(capacity: (call.count + 1) * 4)
        let ends = offsets.pointer.assumingMemoryBound(to: Int32.self)
        ends[0] = 0
        for row in 0..<call.count {
            defer { ends[row + 1] = Int32(truncatingIfNeeded: inner.count - 1) }
            guard call.validity?[row] ?? true else { continue }
            let range = array.column.range(at: array.index(row))
            let free = range.filter(elements.isValid)
            guard free.count <= most else {
                call.fail(row, .function("CUBE_EXPLODE", reason: "more than \(most) elements"))
                continue
            }
            for choice in 0..<(1 << free.count) {
                var bit = free.count
                for element in range {
                    if elements.isValid(element) { bit -= 1 }
                    let isKept = elements.isValid(element) && choice >> bit & 1 == 1
                    picks.append(isKept ? Int32(truncatingIfNeeded: element + 1) : 0)
                }
                inner.append(Int32(truncatingIfNeeded: picks.count))
            }
        }
        let innerOffsets = inner.withUnsafeBytes { Buffer(copying: $0) }
        guard case .array(let type) = call.type else { preconditionFailure("an ARRAY of ARRAYs") }
        let lists = Column(
            type: type, count: inner.count - 1, validity: nil,
            storage: .list(offsets: innerOffsets, elements: choices.gather(Selection(picks))))
        return Column(
            type: call.type, count: call.count, validity: call.failures.removed(from: call.validity),
            storage: .list(offsets: offsets, elements: lists))
    }
}
