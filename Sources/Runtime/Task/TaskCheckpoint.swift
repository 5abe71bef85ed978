import Planning
import Storage

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
        var encoder = BinaryEncoder()
        encoder.add(Self.formatVersion)
        encoder.add(UInt32(positions.count))
        for (name, position) in positions.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(position)
        }
        encoder.add(UInt32(progress.count))
        for (name, entry) in progress.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(entry.nextSequence)
            encoder.add(entry.watermark)
            encoder.add(UInt32(entry.maxima.count))
            for maximum in entry.maxima { encoder.add(maximum) }
        }
        encoder.add(UInt32(counters.count))
        for (name, totals) in counters.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(UInt32(totals.count))
            for total in totals { encoder.add(total) }
        }
        encoder.add(UInt32(sinkEpochs.count))
        for (name, epoch) in sinkEpochs.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(epoch)
        }
        encoder.add(UInt32(signatures.count))
        for (name, signature) in signatures.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(signature)
        }
        return encoder.bytes
    }

    init() {}

    /// nil when the bytes are no checkpoint of this version.
    init?(_ bytes: [UInt8]) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            try self.init(from: &decoder)
        } catch {
            return nil
        }
    }

    private init(from decoder: inout BinaryDecoder) throws(BinaryDecoder.Failure) {
        guard try decoder.number(UInt32.self) == Self.formatVersion else { throw BinaryDecoder.Failure() }
        for _ in 0..<(try decoder.number(UInt32.self)) {
            let name = try decoder.text()
            positions[name] = try decoder.string()
        }
        for _ in 0..<(try decoder.number(UInt32.self)) {
            let name = try decoder.text()
            let next = try decoder.number(Int64.self)
            let watermark = try decoder.number(Int64.self)
            progress[name] = SourceProgress(
                delay: 0, maxima: try Self.numbers(&decoder), watermark: watermark, nextSequence: next)
        }
        for _ in 0..<(try decoder.number(UInt32.self)) {
            let name = try decoder.text()
            counters[name] = try Self.numbers(&decoder)
        }
        for _ in 0..<(try decoder.number(UInt32.self)) {
            let name = try decoder.text()
            sinkEpochs[name] = try decoder.number(Int64.self)
        }
        for _ in 0..<(try decoder.number(UInt32.self)) {
            let name = try decoder.text()
            signatures[name] = try decoder.text()
        }
    }

    private static func numbers(
        _ decoder: inout BinaryDecoder
    ) throws(BinaryDecoder.Failure) -> [Int64] {
        try decoder.list { item throws(BinaryDecoder.Failure) in try item.number(Int64.self) }
    }
}

extension PipelinePlan {
    /// The signature of each query and table of a source that keeps state, by its name.
    var stateSignatures: [String: String] {
        var signatures: [String: String] = [:]
        for query in queries { signatures[query.name] = query.stateSignature }
        for (name, relation) in catalogue.relations where relation.kind == .table {
            guard let source = relation.source else { continue }
            signatures[name + "/rows"] = source.rowLifetime == nil ? "rows" : "rows that expire"
        }
        return signatures
    }

    /// Whether a task of this plan can go on with the state that one of another plan has left.
    public func keepsState(of former: PipelinePlan) -> Bool {
        let signatures = former.stateSignatures
        return stateSignatures.allSatisfy { name, signature in
            signatures[name].map { $0 == signature } ?? true
        }
    }

    /// The same for processes that share its work: also where it reads and writes must be the same.
    public var sharedFingerprint: UInt64 {
        var text = String(fingerprint)
        for sink in sinks {
            for name in sink.properties.names.sorted() {
                text += "\n\(sink.name) \(name) \(sink.properties.text(name) ?? "")"
            }
        }
        for name in catalogue.order {
            guard let options = catalogue.relation(name)?.topic?.connectorOptions else { continue }
            for (option, value) in options.sorted(by: { $0.key < $1.key }) {
                text += "\n\(name) \(option) \(value)"
            }
        }
        return EpochLog.checksum(Array(text.utf8))
    }

    /// Tells plans apart: only the plan that began an epoch may finish it.
    public var fingerprint: UInt64 {
        var text = queries.map(\.explanation).joined(separator: "\n")
        for sink in sinks { text += "\nsink \(sink.name) \(sink.connectorClass) from \(sink.from.name)" }
        if let quality { text += "\n" + quality.explanation }
        for name in catalogue.order {
            guard let relation = catalogue.relation(name) else { continue }
            text += "\n\(relation.name) \(relation.columns.map { "\($0.name) \($0.type.sql)" })"
        }
        return EpochLog.checksum(Array(text.utf8))
    }
}
