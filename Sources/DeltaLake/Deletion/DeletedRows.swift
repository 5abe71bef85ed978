import Columnar

/// The rows of a data file that are deleted, by their place in it.
///
/// Held as runs, so that no small vector of a hostile table takes much memory.
struct DeletedRows: Equatable, Sendable {
    /// Ascending, apart from each other.
    private(set) var runs: [Range<Int64>] = []
    private(set) var count: Int64 = 0

    /// Reads the serialised form: a magic number, then 32-bit roaring bitmaps by the upper half of the row.
    ///
    /// nil for bytes that are not such a form.
    init?(_ bytes: [UInt8]) {
        var reader = RoaringReader(bytes)
        guard reader.word() == DeletedRows.magic, let maps = reader.long(), maps <= UInt64(bytes.count / 8)
        else { return nil }
        for _ in 0..<maps {
            guard let upper = reader.word(), upper < 1 << 31, reader.bitmap({ add($0, upper: upper) }) else {
                return nil
            }
        }
    }

    private static let magic: UInt32 = 1_681_511_377

    /// False for a run that does not lie behind those before.
    private mutating func add(_ run: Range<UInt32>, upper: UInt32) -> Bool {
        let base = Int64(upper) << 32
        let (start, end) = (base + Int64(run.lowerBound), base + Int64(run.upperBound))
        count += end - start
        guard let last = runs.last else {
            runs.append(start..<end)
            return true
        }
        guard start >= last.upperBound else { return false }
        if start == last.upperBound {
            runs[runs.count - 1] = last.lowerBound..<end
        } else {
            runs.append(start..<end)
        }
        return true
    }

    /// Which of `count` rows from `first` on are left; nil for all of them.
    func remaining(from first: Int64, count: Int) -> Selection? {
        let end = first + Int64(count)
        // The first run that ends behind the rows' beginning.
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].upperBound <= first { low = middle + 1 } else { high = middle }
        }
        guard low < runs.count, runs[low].lowerBound < end else { return nil }
        var rows: [Int32] = []
        var row = first
        while row < end {
            let run = low < runs.count ? runs[low] : end..<end
            while row < min(end, run.lowerBound) {
                rows.append(Int32(row - first))
                row += 1
            }
            row = max(row, run.upperBound)
            low += 1
        }
        return Selection(rows)
    }
}
