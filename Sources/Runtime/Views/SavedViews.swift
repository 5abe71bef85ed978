import Storage

/// The views that hold all rows of theirs, in a checkpoint.
struct SavedViews {
    /// By relation.
    var signatures: [String: String] = [:]
    var starts: [String: ClosedRange<Int64>] = [:]

    init() {}

    /// None where the bytes are not those of `bytes`.
    init(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            for _ in 0..<(try decoder.number(UInt32.self)) {
                let name = try decoder.text()
                signatures[name] = try decoder.text()
                let (low, high) = (try decoder.number(Int64.self), try decoder.number(Int64.self))
                if low <= high { starts[name] = low...high }
            }
        } catch {
            self = SavedViews()
        }
    }

    var bytes: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(UInt32(signatures.count))
        for (name, signature) in signatures.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(signature)
            encoder.add(starts[name]?.lowerBound ?? 1)
            encoder.add(starts[name]?.upperBound ?? 0)
        }
        return encoder.bytes
    }
}
