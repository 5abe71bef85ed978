import Columnar
import Formats

/// Which records of a run are bad, and why. Most runs have few or none.
struct RowProblems {
    struct Problem {
        let row: Int
        let code: String
        let reason: String
    }

    private let rowCount: Int
    private var problems: [Int: Problem] = [:]
    /// The rows that have one; nil when none has.
    private var bad: Bitmap?

    init(_ records: DecodedRecords, keys: DecodedRecords?) {
        rowCount = records.count
        for error in records.errors + (keys?.errors ?? []) {
            add(error.row, error.reason.code.rawValue, error.reason.message)
        }
    }

    var count: Int { problems.count }

    @inline(__always)
    func isBad(_ row: Int) -> Bool { bad.map { $0[row] } ?? false }

    /// The first problem of a record stays its problem.
    mutating func add(_ row: Int, _ code: String, _ reason: String) {
        let bits = bad ?? Bitmap(repeating: false, count: rowCount)
        bad = bits
        if bits[row] { return }
        bits.set(row)
        problems[row] = Problem(row: row, code: code, reason: reason)
    }

    /// What keeps schemas of records from being had at all.
    var outage: String? {
        let code = DecodeError.Code.registryUnavailable.rawValue
        return problems.values.first { $0.code == code }?.reason
    }

    /// In the order of rows.
    var list: [Problem] { problems.values.sorted { $0.row < $1.row } }

    var goodRows: Selection {
        let good = Bitmap(repeating: true, count: rowCount)
        for row in problems.keys { good.clear(row) }
        return Selection(ones: good)
    }

    /// ROWERROR: the reason, or NULL.
    var column: Column {
        if problems.isEmpty { return .nulls(.string, count: rowCount) }
        let builder = ColumnBuilder(type: .string, capacity: rowCount)
        for problem in list {
            builder.appendNulls(problem.row - builder.count)
            builder.append(problem.reason)
        }
        builder.appendNulls(rowCount - builder.count)
        return builder.finish()
    }
}
