import Columnar
import Formats

/// Which records of a run are bad, and why. Most runs have few or none.
struct RowProblems {
    struct Problem {
        let row: Int
        let code: String
        let reason: String
    }

    private var problems: [Int: Problem] = [:]

    init(_ records: DecodedRecords, keys: DecodedRecords?) {
        for error in records.errors + (keys?.errors ?? []) {
            add(error.row, error.reason.code.rawValue, error.reason.message)
        }
    }

    var count: Int { problems.count }

    func isBad(_ row: Int) -> Bool { !problems.isEmpty && problems[row] != nil }

    /// The first problem of a record stays its problem.
    mutating func add(_ row: Int, _ code: String, _ reason: String) {
        if problems[row] == nil { problems[row] = Problem(row: row, code: code, reason: reason) }
    }

    /// In the order of rows.
    var list: [Problem] { problems.values.sorted { $0.row < $1.row } }

    func goodRows(_ count: Int) -> Selection {
        let good = Bitmap(repeating: true, count: count)
        for row in problems.keys { good.clear(row) }
        return Selection(ones: good)
    }

    /// ROWERROR: the reason, or NULL.
    func column(_ count: Int) -> Column {
        if problems.isEmpty { return .nulls(.string, count: count) }
        let builder = ColumnBuilder(type: .string, capacity: count)
        for row in 0..<count {
            if let problem = problems[row] { builder.append(problem.reason) } else { builder.appendNull() }
        }
        return builder.finish()
    }
}
