/// A transaction that was taken back: a `read_committed` reader leaves out the producer's records in it.
struct AbortedTransaction: Equatable, Sendable {
    let producerID: Int64
    let firstOffset: Int64
    /// Of the mark that ended it.
    let lastOffset: Int64
}
