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

    /// Whether an instance is another task of the same service, `<service>-<number>`: it writes other rows.
    func isPeer(_ other: String) -> Bool {
        guard let service = Self.service(of: instance) else { return false }
        return other != instance && Self.service(of: other) == service
    }

    private static func service(of instance: String) -> Substring? {
        guard let dash = instance.lastIndex(of: "-") else { return nil }
        let number = instance[dash...].dropFirst()
        return !number.isEmpty && number.utf8.allSatisfy { 48...57 ~= $0 } ? instance[..<dash] : nil
    }
}
