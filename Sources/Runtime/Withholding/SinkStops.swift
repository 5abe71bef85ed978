import Storage

/// Which sinks are stopped by a quality rule, since when. Part of the checkpoint, also of a pipeline whose
/// rules have been taken away since.
struct SinkStops: Equatable {
    /// Why a sink is stopped.
    struct Stop: Equatable {
        let rule: String
        /// The first epoch that it did not get, and its clock.
        let epoch: Int64
        let clock: Int64
    }

    private(set) var stops: [String: Stop] = [:]

    private static let formatVersion: UInt32 = 1

    subscript(sink: String) -> Stop? { stops[sink] }

    var isEmpty: Bool { stops.isEmpty }

    /// A sink that is stopped already stays so for its first reason.
    mutating func stop(_ sink: String, _ stop: Stop) {
        if stops[sink] == nil { stops[sink] = stop }
    }

    mutating func resume(_ sink: String) { stops[sink] = nil }

    var bytes: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(Self.formatVersion)
        encoder.add(UInt32(stops.count))
        for (sink, stop) in stops.sorted(by: { $0.key < $1.key }) {
            encoder.add(sink)
            encoder.add(stop.rule)
            encoder.add(stop.epoch)
            encoder.add(stop.clock)
        }
        return encoder.bytes
    }

    init() {}

    /// nil when the bytes are of another version.
    init?(_ bytes: [UInt8]) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            guard try decoder.number(UInt32.self) == Self.formatVersion else { return nil }
            for _ in 0..<(try decoder.number(UInt32.self)) {
                let sink = try decoder.text()
                let rule = try decoder.text()
                let epoch = try decoder.number(Int64.self)
                stops[sink] = Stop(rule: rule, epoch: epoch, clock: try decoder.number(Int64.self))
            }
        } catch {
            return nil
        }
    }
}
