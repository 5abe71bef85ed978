import Columnar
import Diagnostics
import Runtime

// Record ends, and the records that have none where they should.
extension SequentialReader {
    /// Scans on to `end`, or to where the record at hand is too long.
    func scan(to end: Int, stopsAtFirst: Bool, _ cut: inout Cut) {
        guard let buffer else { return }
        if overlong != nil {
            passOverlong(to: end, &cut)
            return
        }
        let bound = min(end, complete + limits.recordBytes + 1)
        let found = scanner.scan(
            buffer, record: complete, scanned: scanned, bound, stopsAtFirst: stopsAtFirst)
        complete = found ?? complete
        scanned = stopsAtFirst ? found ?? bound : bound
        if scanned - complete > limits.recordBytes { reject(buffer, &cut) }
    }

    /// Begins to pass over a record that is longer than allowed, of which `complete ..< scanned` was seen.
    private func reject(_ buffer: Buffer, _ cut: inout Cut) {
        seal(&cut)
        let head = UnsafeRawBufferPointer(start: buffer.pointer + complete, count: limits.recordBytes)
        overlong = (base + complete, Array(head))
        complete = scanned
        sealed = scanned
    }

    /// Looks for the end of an overlong record in `scanned ..< end`.
    private func passOverlong(to end: Int, _ cut: inout Cut) {
        guard let pointer = buffer?.pointer else { return }
        let found = ByteSearch.first(ByteSearch.lineEnd, in: pointer, scanned, end)
        scanned = found.map { $0 + 1 } ?? end
        complete = scanned
        sealed = scanned
        if found != nil { finishOverlong(&cut) }
    }

    private func finishOverlong(_ cut: inout Cut) {
        guard let (offset, head) = overlong else { return }
        overlong = nil
        cut.pieces.append(
            .rejected(
                Rejection(
                    offset: Int64(offset), byteCount: Int64(base + complete - offset), bytes: head,
                    reason: FileProblem.overlong(sourceName, at: offset, limit: limits.recordBytes))))
    }

    /// Makes a record of what is left up to `end`.
    func finish(at end: Int, _ cut: inout Cut) {
        guard end > complete || overlong != nil else { return }
        complete = max(complete, end)
        scanned = complete
        if overlong != nil {
            sealed = complete
            finishOverlong(&cut)
        }
        cut.isUnterminated = true
    }
}
