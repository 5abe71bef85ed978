import Columnar
import Diagnostics
import Runtime

// Record ends, and the records that have none where they should.
extension SequentialReader {
    /// Scans on to `end`, or to where the record at hand is too long.
    func scan(to end: Int, stopsAtFirst: Bool, _ cut: inout Cut) {
        guard let pointer = buffer?.pointer else { return }
        if overlong != nil {
            passOverlong(to: end, &cut)
            return
        }
        let bound = min(end, complete + limits.recordBytes + 1)
        if let found = scanner.scan(pointer, scanned, bound, stopsAtFirst: stopsAtFirst) {
            complete = found
            scanned = stopsAtFirst ? found : bound
        } else {
            scanned = bound
        }
        if scanned - complete > limits.recordBytes { reject(&cut) }
    }

    /// Deals with a record that is longer than allowed, of which `complete ..< scanned` was seen.
    private func reject(_ cut: inout Cut) {
        seal(&cut)
        // A quote that never closes is mostly a stray one: give up its line, not all that follows it.
        if scanner.isInQuotes, rejectTornLine(to: scanned, &cut) { return }
        guard let pointer = buffer?.pointer else { return }
        let head = Array(UnsafeRawBufferPointer(start: pointer + complete, count: limits.recordBytes))
        overlong = (base + complete, head)
        complete = scanned
        sealed = scanned
        scanner.reset()
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

    /// Rejects the first line of a record with an open quote. False when that has no line end up to `end`.
    private func rejectTornLine(to end: Int, _ cut: inout Cut) -> Bool {
        guard let pointer = buffer?.pointer,
            let found = ByteSearch.first(ByteSearch.lineEnd, in: pointer, complete, end)
        else { return false }
        let count = found + 1 - complete
        let bytes = Array(UnsafeRawBufferPointer(start: pointer + complete, count: count))
        cut.pieces.append(
            .rejected(
                Rejection(
                    offset: Int64(base + complete), byteCount: Int64(count), bytes: bytes,
                    reason: FileProblem.openQuote(sourceName, at: base + complete))))
        complete = found + 1
        sealed = complete
        scanned = complete
        scanner.reset()
        return true
    }

    /// Makes a record of what is left up to `end`. False when there are bytes to be scanned again before.
    func finish(at end: Int, _ cut: inout Cut) -> Bool {
        if overlong != nil {
            complete = max(complete, end)
            sealed = complete
            scanned = complete
            finishOverlong(&cut)
            cut.isUnterminated = true
            return true
        }
        guard end > complete else { return true }
        if scanner.isInQuotes {
            seal(&cut)
            if rejectTornLine(to: end, &cut) { return false }
        }
        complete = end
        scanned = end
        scanner.reset()
        cut.isUnterminated = true
        return true
    }
}
