import Columnar
import Storage

/// The layout of state files.
///
/// ```
/// file    = header · section … · directory · manifest · trailer     (a merged file has no manifest)
/// section = block … · timer block … · index · filter               (an unordered section has blocks alone)
/// block   = bytes (u32) · records (u32) · checksum (u64) · record …
/// record  = key (16) · expiry and flags (8) · payload, blobs' lengths + 1 in place of references · blobs
/// timer   = expiry (8) · key (16)
/// ```
/// A record without the flag `used` has no payload. Each key is there once. Records ascend by the key's high,
/// then low word, but for those of unordered sections; timers by expiry, then key. Numbers are little-endian.
/// An epoch's file ends in the manifest that lists all files of the state at that epoch; so one file and one
/// directory are synchronised for an epoch.
enum StateFormat {
    static let version: UInt32 = 2
    static let magic: UInt64 = 0x3154_4154_534C_4C49  // ILLSTAT1
    static let headerBytes = 16
    static let blockHeaderBytes = 16
    /// A block is closed before it grows beyond this; a single larger record makes a larger block.
    static let blockBytes = 4096
    static let timerBytes = 24
    /// What of an entry's third word is kept.
    static let recordFlags = EntryWord.used | EntryWord.removed | EntryWord.masks

    private static let seed = Fingerprint(low: 0x51A7_E5EC_7104_B10C, high: 0xC0DE_C0DE_5EED_5EED)

    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard let start = bytes.baseAddress else { return 0 }
        return Fingerprint.of(start, bytes.count, seed: seed).low
    }

    static func checksum(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { checksum($0) } }

    /// Whether a block whose header says this is what was written.
    static func blockChecksum(_ block: UnsafeRawPointer, _ records: UInt32, _ bytes: Int) -> UInt64 {
        checksum(UnsafeRawBufferPointer(start: block, count: bytes)) &+ UInt64(records)
            &* 0x9E37_79B9_7F4A_7C15
    }
}

/// Runs file operations, whose errors become the state's.
func onDisk<Result>(_ body: () throws(StorageError) -> Result) throws(StateError) -> Result {
    do throws(StorageError) { return try body() } catch { throw .storage(error) }
}

extension Fingerprint {
    /// The order of keys in state files.
    @inline(__always)
    static func precedes(_ left: Fingerprint, _ right: Fingerprint) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
