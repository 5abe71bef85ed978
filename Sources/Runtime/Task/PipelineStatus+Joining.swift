extension PipelineStatus {
    /// The status of several tasks of one pipeline as one.
    public static func joined(_ parts: [PipelineStatus]) -> PipelineStatus {
        guard var all = parts.first else { return PipelineStatus() }
        for part in parts.dropFirst() {
            all.phase = worse(all.phase, part.phase)
            all.epoch = max(all.epoch, part.epoch)
            all.committedEpochs += part.committedEpochs
            all.lastEpochMilliseconds = max(all.lastEpochMilliseconds, part.lastEpochMilliseconds)
            all.lastCommitMilliseconds = max(all.lastCommitMilliseconds, part.lastCommitMilliseconds)
            all.stateBytes += part.stateBytes
            all.sources = joined(all.sources, part.sources, by: \.name) { $0.adding($1) }
            all.relations = joined(all.relations, part.relations, by: \.name) { $0.adding($1) }
            all.incidents += part.incidents
        }
        return all
    }

    private static func joined<Part>(
        _ left: [Part], _ right: [Part], by name: KeyPath<Part, String>, _ add: (Part, Part) -> Part
    ) -> [Part] {
        var result = left
        for part in right {
            if let index = result.firstIndex(where: { $0[keyPath: name] == part[keyPath: name] }) {
                result[index] = add(result[index], part)
            } else {
                result.append(part)
            }
        }
        return result
    }

    /// The one that a person should hear of.
    private static func worse(_ left: Phase, _ right: Phase) -> Phase {
        if case .retrying(_, let since) = left {
            if case .retrying(_, let other) = right, other < since { return right }
            return left
        }
        if case .retrying = right { return right }
        if left == .running || right == .running { return .running }
        return left == .recovering ? left : right
    }
}

extension PipelineStatus.SourceCount {
    fileprivate func adding(_ other: PipelineStatus.SourceCount) -> PipelineStatus.SourceCount {
        var sum = PipelineStatus.SourceCount(
            name: name, records: records + other.records, bytes: bytes + other.bytes,
            deadLetters: deadLetters + other.deadLetters, lagBytes: lagBytes + other.lagBytes,
            watermark: [watermark, other.watermark].compactMap { $0 }.min())
        sum.deadLetterReasons = deadLetterReasons.merging(other.deadLetterReasons, uniquingKeysWith: +)
        return sum
    }
}

extension PipelineStatus.RelationCount {
    fileprivate func adding(_ other: PipelineStatus.RelationCount) -> PipelineStatus.RelationCount {
        PipelineStatus.RelationCount(
            name: name, isTable: isTable, rows: rows + other.rows, late: late + other.late,
            duplicates: duplicates + other.duplicates, sinks: sinks)
    }
}
