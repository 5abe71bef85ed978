import Storage

/// A hash of a file's first bytes, which tells it from a later file that got the same inode.
///
/// A file shorter than `HeadFingerprint.longest` is known by what it had; the fingerprint is made longer as
/// it grows.
struct HeadFingerprint: Hashable, Sendable {
    static let longest = 1024

    let length: Int
    let hash: UInt64

    init(length: Int, hash: UInt64) {
        self.length = length
        self.hash = hash
    }

    init(of head: ArraySlice<UInt8>) {
        length = head.count
        // 64-bit FNV-1a: it is written into checkpoints, so it must never change, and nobody attacks it.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in head { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        self.hash = hash
    }

    /// Whether a file that starts with `head` can be the one this was made of.
    func matches(_ head: [UInt8]) -> Bool {
        head.count >= length && HeadFingerprint(of: head[..<length]) == self
    }

    /// The first bytes of a file, at most `longest`.
    static func head(of file: any ReadableFile) throws(StorageError) -> [UInt8] {
        var failure: StorageError?
        let head = [UInt8](unsafeUninitializedCapacity: longest) { buffer, count in
            do throws(StorageError) {
                count = try file.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return head
    }
}
