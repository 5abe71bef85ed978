/// Protocols that have the features which a table's properties and columns ask for.
extension TableProtocol {
    /// Features that writers must have before they have names, by the version that brought them.
    private static let unnamedWriterFeatures: [(version: Int, features: [String])] = [
        (2, ["appendOnly", "invariants"]), (3, ["checkConstraints"]),
        (4, ["changeDataFeed", "generatedColumns"]), (5, ["columnMapping"]), (6, ["identityColumns"]),
    ]

    /// The protocol with what the metadata asks for; the same where nothing lacks.
    func supporting(_ metadata: TableMetadata) -> TableProtocol {
        var upgraded = self
        if metadata.configuration["delta.enableChangeDataFeed"] == "true" {
            upgraded = upgraded.with(writerFeature: "changeDataFeed")
        }
        if metadata.schema.column(with: "delta.typeChanges") != nil {
            let known = upgraded.readerFeatures ?? []
            if !known.contains("typeWidening-preview") {
                upgraded = upgraded.with(readerFeature: "typeWidening")
            }
        }
        return upgraded
    }

    private var allWriterFeatures: [String] {
        if minWriterVersion >= 7 { return writerFeatures ?? [] }
        return TableProtocol.unnamedWriterFeatures.filter { $0.version <= minWriterVersion }.flatMap(
            \.features)
    }

    private func with(writerFeature feature: String) -> TableProtocol {
        let features = allWriterFeatures
        guard !features.contains(feature) else { return self }
        var upgraded = self
        upgraded.minWriterVersion = 7
        upgraded.writerFeatures = features + [feature]
        return upgraded
    }

    private func with(readerFeature feature: String) -> TableProtocol {
        var upgraded = with(writerFeature: feature)
        var features = readerFeatures ?? (minReaderVersion == 2 ? ["columnMapping"] : [])
        if !features.contains(feature) { features.append(feature) }
        upgraded.minReaderVersion = 3
        upgraded.readerFeatures = features
        // The one has names only where the other has.
        upgraded.writerFeatures = upgraded.allWriterFeatures
        upgraded.minWriterVersion = 7
        return upgraded
    }
}
