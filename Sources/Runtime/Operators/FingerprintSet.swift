import Columnar

/// A set of fingerprints in a blob of a group's state, for the few values of one session.
///
/// ```
/// | count: UInt64 | slots: 16 bytes each, a power of two of them, at most half of them full; zero is empty |
/// ```
struct FingerprintSet {
    let blobs: BlobHeap
    /// Where the blob's reference stands.
    let reference: UnsafeMutableRawPointer

    private static let smallest = 4

    var count: Int { bytes.map { Int($0.load(as: UInt64.self)) } ?? 0 }

    private var bytes: UnsafeRawBufferPointer? { blobs.bytes(at: reference) }

    /// Adds a value; false when it was there.
    func insert(_ value: Fingerprint) -> Bool {
        let value = value == Fingerprint(low: 0, high: 0) ? Fingerprint(low: 1, high: 0) : value
        if count * 2 >= capacity { grow() }
        guard let bytes, let start = bytes.baseAddress else { return false }
        let mutable = UnsafeMutableRawPointer(mutating: start)
        guard Self.put(value, into: mutable, capacity: capacity) else { return false }
        mutable.storeBytes(of: UInt64(count + 1), as: UInt64.self)
        return true
    }

    /// Adds all values of another set.
    func formUnion(_ other: FingerprintSet) { other.forEach { _ = insert($0) } }

    private var capacity: Int { bytes.map { ($0.count - 8) / 16 } ?? 0 }

    private func forEach(_ body: (Fingerprint) -> Void) {
        guard let bytes else { return }
        for slot in 0..<capacity {
            let value = bytes.loadUnaligned(fromByteOffset: 8 + slot * 16, as: Fingerprint.self)
            if value != Fingerprint(low: 0, high: 0) { body(value) }
        }
    }

    private func grow() {
        let larger = max(Self.smallest, capacity * 2)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: 8 + larger * 16, alignment: 16)
        defer { copy.deallocate() }
        copy.initializeMemory(as: UInt8.self, repeating: 0)
        copy.storeBytes(of: UInt64(count), as: UInt64.self)
        if let start = copy.baseAddress {
            forEach { _ = Self.put($0, into: start, capacity: larger) }
        }
        blobs.replace(at: reference, with: UnsafeRawBufferPointer(copy))
    }

    /// Puts a value into its slot; false when it is there.
    private static func put(_ value: Fingerprint, into start: UnsafeMutableRawPointer, capacity: Int) -> Bool
    {
        var slot = Int(truncatingIfNeeded: value.low) & (capacity - 1)
        while true {
            let place = start + 8 + slot * 16
            let held = place.loadUnaligned(as: Fingerprint.self)
            if held == value { return false }
            if held == Fingerprint(low: 0, high: 0) {
                place.storeBytes(of: value.low, as: UInt64.self)
                place.storeBytes(of: value.high, toByteOffset: 8, as: UInt64.self)
                return true
            }
            slot = (slot + 1) & (capacity - 1)
        }
    }
}
