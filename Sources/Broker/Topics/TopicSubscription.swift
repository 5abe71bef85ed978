/// Has a function called whenever a topic has more for readers, until it is cancelled or let go.
public final class TopicSubscription: Sendable {
    private let listeners: TopicListeners
    private let number: Int

    init(_ listeners: TopicListeners, _ listener: @escaping @Sendable () -> Void) {
        self.listeners = listeners
        number = listeners.add(listener)
    }

    deinit { cancel() }

    /// Any number of times; a call that has begun goes on.
    public func cancel() { listeners.remove(number) }
}
