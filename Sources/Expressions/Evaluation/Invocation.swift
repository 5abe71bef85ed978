import Columnar

/// What a kernel computes with.
struct Invocation {
    let operands: [Operand]
    let count: Int
    let type: DataType
    /// Rows in which no operand is NULL, for a strict kernel; nil for all.
    let validity: Bitmap?
    let failures: Failures
    let context: EvaluationContext
    let salt: UInt64

    func fail(_ row: Int, _ reason: EvaluationFailure) { failures.mark(row, reason, ifValid: validity) }

    /// A column of fixed width over values that were computed for all rows: NULLs get zeros.
    func fixed(_ values: Buffer) -> Column {
        let valid = failures.removed(from: validity)
        if let valid { values.clear(notIn: valid, width: type.width) }
        return Column(type: type, count: count, validity: valid, storage: .fixed(values))
    }

    func booleans(_ bits: Bitmap) -> Column {
        let valid = failures.removed(from: validity)
        bits.keep(valid)
        return .booleans(bits, validity: valid)
    }

    /// Calls `body` for each row without a NULL operand.
    @inline(__always) func forEachRow(_ body: (Int) -> Void) {
        if let validity {
            validity.forEachOne(body)
        } else {
            for row in 0..<count { body(row) }
        }
    }

    /// The bytes of a STRING or BYTES operand.
    @inline(__always) func bytes(_ operand: Int, _ row: Int) -> UnsafeRawBufferPointer {
        operands[operand].column.bytes(at: operands[operand].index(row))
    }

    func string(_ operand: Int, _ row: Int) -> String { String(decoding: bytes(operand, row), as: UTF8.self) }

    @inline(__always) func int32(_ operand: Int, _ row: Int) -> Int32 {
        operands[operand].column.int32s[operands[operand].index(row)]
    }

    @inline(__always) func int64(_ operand: Int, _ row: Int) -> Int64 {
        operands[operand].column.int64s[operands[operand].index(row)]
    }

    @inline(__always) func isValid(_ operand: Int, _ row: Int) -> Bool { operands[operand].isValid(row) }
}

extension Buffer {
    /// Clears the slots of rows that are 0 in `validity`.
    func clear(notIn validity: Bitmap, width: Int) {
        switch width {
        case 4:
            let slots = pointer.assumingMemoryBound(to: Int32.self)
            validity.forEachZero { slots[$0] = 0 }
        case 8:
            let slots = pointer.assumingMemoryBound(to: Int64.self)
            validity.forEachZero { slots[$0] = 0 }
        default:
            let slots = pointer.assumingMemoryBound(to: Int128.self)
            validity.forEachZero { slots[$0] = 0 }
        }
    }
}
