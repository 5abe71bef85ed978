import Columnar
import Storage

/// What a record is known again by: where it stood, and a fingerprint of its key, value and time.
///
/// A topic of the same name that was made anew has another record there.
struct RecordMark: Equatable, Sendable {
    let offset: Int64
    let print: Fingerprint

    init(offset: Int64, print: Fingerprint) {
        self.offset = offset
        self.print = print
    }

    /// - Parameter time: milliseconds since the epoch.
    init(offset: Int64, key: [UInt8]?, value: [UInt8]?, time: Int64) {
        self.offset = offset
        print = Self.print(value, Self.print(key, Self.seed)).combined(with: time)
    }

    /// The same in all processes: marks are kept in checkpoints.
    private static let seed = Fingerprint(low: 0x7265_636F_7264_6D61, high: 0x6D69_6C6C_7261_6365)

    private static func print(_ bytes: [UInt8]?, _ seed: Fingerprint) -> Fingerprint {
        guard let bytes else { return seed.combined(with: -1) }
        let print = bytes.withUnsafeBytes { bytes -> Fingerprint? in
            bytes.baseAddress.map { Fingerprint.of($0, bytes.count, seed: seed) }
        }
        return (print ?? seed).combined(with: Int64(bytes.count))
    }
}

extension Fingerprint {
    func add(to encoder: inout BinaryEncoder) {
        encoder.add(high)
        encoder.add(low)
    }

    init(from decoder: inout BinaryDecoder) throws(BinaryDecoder.Failure) {
        let high = try decoder.number(UInt64.self)
        self.init(low: try decoder.number(UInt64.self), high: high)
    }
}
