import Diagnostics

/// Tells dead letters that bronze lacks from those that it has: a replay by narrower rules sets records aside
/// that are in bronze already, and these must not come twice.
struct LettersBesideBronze {
    private let table: BronzeTable
    private let returned: ReturnedRecords

    private struct Place: Hashable {
        let clock: Int64
        let source: Int32
    }

    init(_ table: BronzeTable, _ returned: ReturnedRecords) {
        self.table = table
        self.returned = returned
    }

    /// The runs without letters that bronze has, or that were there already; letters one by one.
    func kept(_ files: [[BronzeRun]]) throws(Diagnostic) -> [[BronzeRun]] {
        guard files.contains(where: { $0.contains { !table.isOfBronze($0) } }) else { return files }
        var known: [Place: [BronzeRun]] = [:]
        for run in files.joined() where table.isOfBronze(run) {
            known[Place(clock: run.clock, source: run.source), default: []].append(run)
        }
        var result: [[BronzeRun]] = []
        for runs in files {
            guard let first = runs.first, !table.isOfBronze(first) else {
                result.append(runs)
                continue
            }
            var letters: [BronzeRun] = []
            for run in runs { letters += try missing(run, known) }
            result.append(letters)
        }
        return result
    }

    private func missing(
        _ run: BronzeRun, _ known: [Place: [BronzeRun]]
    ) throws(Diagnostic) -> [BronzeRun] {
        let offsets = try table.offsets(of: run)
        let file = table.sources[Int(run.source)]
        var kept: [BronzeRun] = []
        for (index, offset) in offsets.enumerated() {
            let key = ReturnedRecords.Key(offset: offset, clock: run.clock)
            if returned.keys(of: file)?.contains(key) == true { continue }
            var isKnown = false
            for other in known[Place(clock: run.clock, source: run.source)] ?? []
            where !isKnown && other.first <= offset && offset <= other.last {
                isKnown = Self.contains(try table.offsets(of: other), offset)
            }
            if isKnown { continue }
            returned.add(key, file: file)
            var one = run
            one.row += Int32(index)
            one.count = 1
            one.first = offset
            one.last = offset
            kept.append(one)
        }
        return kept
    }

    /// Whether an ascending list has the number.
    private static func contains(_ list: ArraySlice<Int64>, _ number: Int64) -> Bool {
        var low = list.startIndex
        var high = list.endIndex
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < list.endIndex && list[low] == number
    }
}
