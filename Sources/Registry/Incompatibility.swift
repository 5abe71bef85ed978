import Formats

/// Why a schema can't become a subject's next version.
public struct Incompatibility: Hashable, Sendable, CustomStringConvertible {
    /// Which of the two schemas can't read the other's data.
    public enum Reader: String, Hashable, Sendable {
        case new
        case old
    }

    public let reader: Reader
    /// The version that it was compared with.
    public let version: Int
    public let difference: SchemaDifference

    public var description: String {
        let who =
            reader == .new
            ? "it can't read what version \(version) wrote" : "version \(version) can't read what it writes"
        return "\(who): \(difference.kind.rawValue) at \(difference.path): \(difference.message)"
    }
}
