import Planning

/// What a checkpoint keeps beside keyed state: where sources are, how far time has come, and totals.
struct TaskCheckpoint {
    static let formatVersion: UInt32 = 1

    var positions: [String: [UInt8]] = [:]
    var progress: [String: SourceProgress] = [:]
    var counters: [String: [Int64]] = [:]
    /// The last epoch with rows of each sink.
    var sinkEpochs: [String: Int64] = [:]
    /// What the state of each query depends on.
    var signatures: [String: String] = [:]

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.formatVersion)
        writer.append(UInt32(positions.count))
        for (name, position) in positions.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.append(UInt32(position.count))
            writer.append(position)
        }
        writer.append(UInt32(progress.count))
        for (name, entry) in progress.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.append(entry.nextSequence)
            writer.append(entry.watermark)
            writer.append(UInt32(entry.maxima.count))
            for maximum in entry.maxima { writer.append(maximum) }
        }
        writer.append(UInt32(counters.count))
        for (name, totals) in counters.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.append(UInt32(totals.count))
            for total in totals { writer.append(total) }
        }
        writer.append(UInt32(sinkEpochs.count))
        for (name, epoch) in sinkEpochs.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.append(epoch)
        }
        writer.append(UInt32(signatures.count))
        for (name, signature) in signatures.sorted(by: { $0.key < $1.key }) {
            writer.append(name)
            writer.append(signature)
        }
        return writer.bytes
    }

    init() {}

    /// nil when the bytes are no checkpoint of this version.
    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let version = reader.uint32(), version == Self.formatVersion, let sources = reader.uint32()
        else { return nil }
        for _ in 0..<sources {
            guard let name = reader.string(), let count = reader.uint32(),
                let position = reader.bytes(Int(count))
            else { return nil }
            positions[name] = position
        }
        guard let entries = reader.uint32() else { return nil }
        for _ in 0..<entries {
            guard let name = reader.string(), let next = reader.int64(), let watermark = reader.int64(),
                let maxima = Self.numbers(&reader)
            else { return nil }
            progress[name] = SourceProgress(
                delay: 0, maxima: maxima, watermark: watermark, nextSequence: next)
        }
        guard let totals = reader.uint32() else { return nil }
        for _ in 0..<totals {
            guard let name = reader.string(), let values = Self.numbers(&reader) else { return nil }
            counters[name] = values
        }
        guard let sinks = reader.uint32() else { return nil }
        for _ in 0..<sinks {
            guard let name = reader.string(), let epoch = reader.int64() else { return nil }
            sinkEpochs[name] = epoch
        }
        guard let signed = reader.uint32() else { return nil }
        for _ in 0..<signed {
            guard let name = reader.string(), let signature = reader.string() else { return nil }
            signatures[name] = signature
        }
    }

    private static func numbers(_ reader: inout ByteReader) -> [Int64]? {
        guard let count = reader.uint32() else { return nil }
        var values: [Int64] = []
        for _ in 0..<count {
            guard let value = reader.int64() else { return nil }
            values.append(value)
        }
        return values
    }
}

extension PipelinePlan {
    /// The signature of each query that keeps state, by the relation that it makes.
    var stateSignatures: [String: String] {
        var signatures: [String: String] = [:]
        for query in queries { signatures[query.output.name] = query.stateSignature }
        return signatures
    }

    /// Tells plans apart: only the plan that began an epoch may finish it.
    var fingerprint: UInt64 {
        var text = queries.map(\.explanation).joined(separator: "\n")
        for sink in sinks { text += "\nsink \(sink.name) \(sink.connectorClass) from \(sink.from.name)" }
        for name in catalogue.order {
            guard let relation = catalogue.relation(name) else { continue }
            text += "\n\(relation.name) \(relation.columns.map { "\($0.name) \($0.type.sql)" })"
        }
        return EpochLog.checksum(Array(text.utf8))
    }
}
