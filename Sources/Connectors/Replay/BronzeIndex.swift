import Columnar
import DeltaLake
import Diagnostics
import Glibc

/// The runs of one data file of a bronze table; reads only the columns that tell epoch, file and place.
struct BronzeIndex: Sendable {
    /// Names of the source's files in this data file, by number.
    private(set) var sources: [String] = []
    private(set) var runs: [BronzeRun] = []
    private var numbers: [String: Int32] = [:]

    init(_ table: BronzeTable, file: Int) throws(Diagnostic) {
        let plan = table.plan
        let columns = [plan.file, plan.offset] + [plan.clock].compactMap { $0 }
        let reader = try table.reader(of: file, columns: columns)
        for group in 0..<reader.groupCount {
            let batches = try reader.read(group)
            var row = 0
            for batch in batches {
                try take(batch, file: Int32(file), group: Int32(group), from: row, plan)
                row += batch.count
            }
        }
    }

    private mutating func take(
        _ batch: Batch, file: Int32, group: Int32, from firstRow: Int, _ plan: BronzePlan
    ) throws(Diagnostic) {
        let (names, offsets) = (batch.columns[0], batch.columns[1])
        let clocks = batch.columns.count > 2 ? batch.columns[2] : nil
        guard names.type == .string, offsets.type == .bigint,
            clocks.map({ $0.type == .timestamp || $0.type == .bigint }) ?? true
        else {
            throw Diagnostic(
                .schemaMismatch, "the columns of the table at \(plan.options.path) have other types",
                expected: "\(plan.file) STRING, \(plan.offset) BIGINT"
                    + (plan.clock.map { ", \($0) TIMESTAMP or BIGINT" } ?? ""))
        }
        var open: BronzeRun?
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        for row in 0..<batch.count {
            let here = names.bytes(at: row)
            let offset = offsets.int64s[row]
            let clock = clocks.map { $0.isValid(row) ? $0.int64s[row] : 0 } ?? 0
            if open?.clock == clock, offset > open?.last ?? .max, Self.isEqual(here, name) {
                open?.count += 1
                open?.last = offset
                continue
            }
            if let open { runs.append(open) }
            name = here
            open = BronzeRun(
                file: file, group: group, row: Int32(firstRow + row), count: 1, clock: clock,
                source: number(of: here), first: offset, last: offset)
        }
        if let open { runs.append(open) }
    }

    private static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let a = left.baseAddress, let b = right.baseAddress else { return left.count == 0 }
        return memcmp(a, b, left.count) == 0
    }

    private mutating func number(of name: UnsafeRawBufferPointer) -> Int32 {
        let text = String(decoding: name, as: UTF8.self)
        if let known = numbers[text] { return known }
        let number = Int32(sources.count)
        sources.append(text)
        numbers[text] = number
        return number
    }
}
