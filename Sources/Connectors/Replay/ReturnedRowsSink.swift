import Columnar
import Planning
import Runtime

/// Adds to bronze what it lacks: of the rows of its stream, those whose records come from dead letters and
/// fit now. The others are there.
final class ReturnedRowsSink: Sink {
    private let sink: any Sink
    private let plan: BronzePlan
    private let returned: ReturnedRecords

    init(_ sink: any Sink, _ plan: BronzePlan, _ returned: ReturnedRecords) {
        self.sink = sink
        self.plan = plan
        self.returned = returned
    }

    var name: String { sink.name }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        try sink.open(context, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) { try sink.begin(epoch: epoch, clock: clock) }

    func write(_ rows: StreamRows) {
        if returned.isEmpty { return }
        let (files, offsets) = (rows.columns[plan.filePosition], rows.columns[plan.offsetPosition])
        let clocks = plan.clockPosition.map { rows.columns[$0] }
        var chosen: [Int32] = []
        var file = ""
        var keys: Set<ReturnedRecords.Key>?
        for row in 0..<rows.count {
            let here = files.bytes(at: row)
            if row == 0 || !here.elementsEqual(files.bytes(at: row - 1)) {
                file = String(decoding: here, as: UTF8.self)
                keys = returned.keys(of: file)
            }
            guard let keys else { continue }
            let key = ReturnedRecords.Key(offset: offsets.int64s[row], clock: clocks?.int64s[row] ?? 0)
            if keys.contains(key) { chosen.append(Int32(row)) }
        }
        if !chosen.isEmpty { sink.write(rows.gather(Selection(chosen))) }
    }

    func write(_ changes: ChangeBatch) { preconditionFailure("bronze is a stream") }

    func end() -> any SinkEpoch { sink.end() }

    func maintain() throws(SinkError) { try sink.maintain() }
}
