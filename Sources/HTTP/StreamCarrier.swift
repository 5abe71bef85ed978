/// What brings a stream's bytes to its client.
///
/// Both are called with the stream's lock held.
protocol StreamCarrier: AnyObject, Sendable {
    /// Nothing waits for the client: do not ask again until woken.
    func sleep()
    func wake()
}
