import Diagnostics

/// Who writes: the instance, made with its state directory, and the sink's name in it.
public struct WriterIdentity: Hashable, Sendable {
    public let instance: String
    public let sink: String

    public init(instance: String, sink: String) {
        self.instance = instance
        self.sink = sink
    }

    var applicationID: String { instance + "/" + sink }
}
