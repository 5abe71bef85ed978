import Columnar

/// Comparison of two operands of one type, over all rows, NULLs' slots included: the caller masks.
enum ComparisonKernel {
    static func bits(_ op: ComparisonOperator, _ left: Operand, _ right: Operand, count: Int) -> Bitmap {
        // One order of operands is enough for constants.
        if left.isConstant, !right.isConstant { return bits(op.mirrored, right, left, count: count) }
        switch left.type {
        case .integer, .date, .time: return numbers(op, left, right, count, Int32.self)
        case .bigint, .timestamp: return numbers(op, left, right, count, Int64.self)
        case .double: return numbers(op, left, right, count, Double.self)
        case .decimal: return DecimalKernel.compare(op, left, right, count: count)
        case .string, .bytes: return texts(op, left, right, count)
        case .boolean: return booleans(op, left, right, count)
        case .array, .map, .structure:
            let equal = FixedKernels.bits(count: count) { row in
                RowEquality.equal(left.column, left.index(row), right.column, right.index(row))
            }
            return op == .notEqual ? equal.inverted : equal
        }
    }

    @inline(__always)
    private static func numbers<T: Comparable>(
        _ op: ComparisonOperator, _ left: Operand, _ right: Operand, _ count: Int, _ type: T.Type
    ) -> Bitmap {
        switch op {
        case .equal: return FixedKernels.test(left, right, count: count) { (a: T, b: T) in a == b }
        case .notEqual: return FixedKernels.test(left, right, count: count) { (a: T, b: T) in a != b }
        case .less: return FixedKernels.test(left, right, count: count) { (a: T, b: T) in a < b }
        case .lessOrEqual: return FixedKernels.test(left, right, count: count) { (a: T, b: T) in a <= b }
        case .greater: return FixedKernels.test(left, right, count: count) { (a: T, b: T) in a > b }
        case .greaterOrEqual: return FixedKernels.test(left, right, count: count) { (a: T, b: T) in a >= b }
        }
    }

    private static func booleans(
        _ op: ComparisonOperator, _ left: Operand, _ right: Operand, _ count: Int
    ) -> Bitmap {
        let (a, b) = (left.column.booleans, right.column.booleans)
        let result = Bitmap(buffer: Buffer(capacity: Bitmap.bytes(for: count)), count: count)
        let constant: UInt64 = left.isConstant && a[0] ? .max : 0
        let otherConstant: UInt64 = right.isConstant && b[0] ? .max : 0
        for word in 0..<result.wordCount {
            let one = left.isConstant ? constant : a.words[word]
            let other = right.isConstant ? otherConstant : b.words[word]
            result.words[word] = op == .equal ? ~(one ^ other) : one ^ other
        }
        return result
    }

    // MARK: Text

    private static func texts(
        _ op: ComparisonOperator, _ left: Operand, _ right: Operand, _ count: Int
    ) -> Bitmap {
        if !op.isOrdering {
            let equal = equalTexts(left, right, count)
            return op == .notEqual ? equal.inverted : equal
        }
        let (a, b) = (left.column, right.column)
        let (views, others) = (a.views, b.views)
        let (bases, otherBases) = (a.dataBases, b.dataBases)
        let (step, otherStep) = (left.isConstant ? 0 : 1, right.isConstant ? 0 : 1)
        func test(_ accept: (Int) -> Bool) -> Bitmap {
            FixedKernels.bits(count: count) { row in
                accept(
                    StringView.compare(
                        views + row &* step, bases, others + row &* otherStep, otherBases))
            }
        }
        switch op {
        case .less: return test { $0 < 0 }
        case .lessOrEqual: return test { $0 <= 0 }
        case .greater: return test { $0 > 0 }
        default: return test { $0 >= 0 }
        }
    }

    private static func equalTexts(_ left: Operand, _ right: Operand, _ count: Int) -> Bitmap {
        let views = left.column.views
        let others = right.column.views
        let (bases, otherBases) = (left.column.dataBases, right.column.dataBases)
        if left.isConstant {
            return FixedKernels.bits(count: count) { _ in
                StringView.equal(views, bases, others, otherBases)
            }
        }
        if right.isConstant, others[0].isInline {
            // A short constant: two words decide.
            let (low, high) = (others[0].low, others[0].high)
            return FixedKernels.bits(count: count) { row in
                let view = views[row]
                return (view.low ^ low) | (view.high ^ high) == 0
            }
        }
        let step = right.isConstant ? 0 : 1
        return FixedKernels.bits(count: count) { row in
            StringView.equal(views + row, bases, others + row &* step, otherBases)
        }
    }
}

extension Operand {
    /// Validity as one bit for each of `count` rows; nil when all are valid.
    func validWords(_ count: Int) -> Bitmap? {
        guard isConstant else { return column.validity }
        return column.isValid(0) ? nil : Bitmap(repeating: false, count: count)
    }
}

extension Bitmap {
    /// Clears what is 0 in `other`. Only while the bitmap is being built.
    func keep(_ other: Bitmap?) {
        guard let other else { return }
        for word in 0..<wordCount { words[word] &= other.words[word] }
    }
}
