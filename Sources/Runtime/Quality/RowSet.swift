import Columnar

extension Bitmap {
    /// The lowest index of a 1.
    var firstOne: Int? {
        for word in 0..<wordCount where definedWord(word) != 0 {
            return word * 64 + definedWord(word).trailingZeroBitCount
        }
        return nil
    }
}

/// Some rows of a batch.
struct RowSet {
    /// nil is all.
    let bits: Bitmap?
    /// Rows of the batch.
    let count: Int

    init(_ bits: Bitmap?, of count: Int) {
        self.bits = bits
        self.count = count
    }

    init(_ selection: Selection?, of count: Int) {
        self.count = count
        guard let selection else {
            bits = nil
            return
        }
        let made = Bitmap(repeating: false, count: count)
        for index in 0..<selection.count { made.set(Int(selection.rows[index])) }
        bits = made
    }

    var size: Int { bits?.countOfOnes ?? count }

    var selection: Selection? { bits.map { Selection(ones: $0) } }

    /// Those for which a BOOLEAN column is true.
    func keeping(_ condition: Column) -> RowSet {
        let isTrue = Bitmap.intersection(condition.booleans, condition.validity) ?? condition.booleans
        return RowSet(Bitmap.intersection(bits, isTrue), of: count)
    }

    func subtracting(_ other: Bitmap) -> RowSet {
        RowSet(bits.map { $0.subtracting(other) } ?? other.inverted, of: count)
    }

    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
        if let bits {
            bits.forEachOne(body)
        } else {
            for row in 0..<count { body(row) }
        }
    }
}
