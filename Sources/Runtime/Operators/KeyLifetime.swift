import Columnar
import State

/// How long a key is remembered behind the latest event time of its rows:
/// `OVER (PARTITION BY … WITHIN …)`.
///
/// Whether it still is, is told by the watermark at a row's own place in its source, so batches and epochs
/// change nothing.
struct KeyLifetime {
    /// Milliseconds.
    let length: Int64

    init(_ length: Int64) { self.length = length }

    /// Takes note of a row of the key in `slot`, which begins anew if its time is over.
    ///
    /// - Parameters:
    ///   - isNew: whether the call that found the slot has made it.
    ///   - reset: gives the entry the state of a new one; its blobs are gone already.
    func renew(
        _ slot: UInt32, _ store: KeyedStateStore, row: Int, of batch: RowBatch, isNew: Bool, reset: () -> Void
    ) {
        let watermark = max(batch.watermark(at: row), store.retiredWatermark)
        // A row that is older than that is remembered for as long as time stands still.
        let death = max(batch.eventTimes.int64s[row] &+ length, watermark &+ 1)
        let expiry = store.expiry(of: slot)
        if isNew, expiry == .max { return store.setExpiry(death, of: slot) }
        if expiry <= watermark {
            for offset in store.layout.blobOffsets {
                store.blobs.release(at: store.payload(of: slot) + offset)
            }
            reset()
        }
        if death > expiry { store.setExpiry(death, of: slot) }
    }
}
