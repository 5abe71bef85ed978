/// What opening a log found wrong, and did about it.
struct RecoveryReport: Equatable, Sendable {
    /// The torn end of the last segment, which was cut off.
    struct Cut: Equatable, Sendable {
        let file: String
        /// The log ends here now.
        let offset: Int64
        let byteCount: Int
        let reason: String
    }

    /// Damage inside the log. The bytes are left as they are; readers go on with the next segment.
    struct Damage: Equatable, Sendable {
        let file: String
        let offset: Int64
        let byteCount: Int
        let reason: String
    }

    var cut: Cut?
    var damages: [Damage] = []
    /// Bytes that were read to find the end and what producers did.
    var readByteCount = 0
    /// The checkpoint was missing or damaged, and there was something to read.
    var isRebuilt = false

    var isClean: Bool { cut == nil && damages.isEmpty }

    /// What was found, for people.
    var summary: String {
        var parts = damages.map {
            "\($0.byteCount) bytes of \($0.file) can't be read, from offset \($0.offset): \($0.reason)"
        }
        if let cut {
            parts.append(
                "\(cut.byteCount) bytes at the end of \(cut.file) were cut off, from offset \(cut.offset): "
                    + cut.reason)
        }
        return parts.joined(separator: "; ")
    }
}
