/// How a file's bytes are packed, told by its suffix.
enum Compression: UInt8, Sendable {
    case none = 0
    case gzip = 1
    case zstandard = 2
    /// An Avro container file, read as lines of JSON.
    case avro = 3

    init(path: String) {
        if path.hasSuffix(".gz") {
            self = .gzip
        } else if path.hasSuffix(".zst") {
            self = .zstandard
        } else if path.hasSuffix(".avro") {
            self = .avro
        } else {
            self = .none
        }
    }
}
