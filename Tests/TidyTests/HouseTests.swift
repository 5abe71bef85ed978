import Testing

/// The style guide as a test, so that reviews can be about design.
@Suite struct HouseTests {
    private let repository = Repository.current

    private func expectNone(_ findings: [Finding], _ location: SourceLocation = #_sourceLocation) {
        let shown = findings.prefix(30).map(\.description).joined(separator: "\n")
        let count = findings.count
        #expect(
            count == 0, "\n\(shown)\(count > 30 ? "\n… and \(count - 30) more" : "")",
            sourceLocation: location)
    }

    private var swiftFiles: [SourceFile] { (repository.sources + repository.tests).filter(\.isSwift) }
    private var swiftSources: [SourceFile] { repository.sources.filter(\.isSwift) }
    private var documents: [SourceFile] { repository.files.filter { DocumentRules.isDocument($0.path) } }

    @Test func `the package has sources and targets to look at`() {
        #expect(repository.manifest.targets.count > 10)
        #expect(swiftSources.count > 10)
    }

    // MARK: Lengths

    @Test func `no file is longer than 700 lines`() {
        let files = repository.files.filter {
            [".swift", ".cpp", ".h", ".py"].contains(where: $0.path.hasSuffix)
        }
        for file in files where file.lines.count > LengthRules.fileQuestion {
            print("a question: \(file.path) has \(file.lines.count) lines")
        }
        expectNone(files.flatMap(LengthRules.fileLength))
    }

    @Test func `no line is longer than 110 columns`() {
        let files = repository.files.filter {
            [".swift", ".cpp", ".h", ".py"].contains(where: $0.path.hasSuffix)
        }
        expectNone(files.flatMap(LengthRules.lineLength))
    }

    @Test func `no function is longer than 70 lines`() {
        expectNone(swiftFiles.flatMap(LengthRules.functionLength))
    }

    @Test func `no folder is deeper than three below its target`() {
        expectNone(repository.sources.flatMap(LengthRules.folderDepth))
    }

    // MARK: Names

    @Test func `no name says nothing`() {
        expectNone(swiftFiles.flatMap(NameRules.bannedNames))
    }

    @Test func `each file holds the type it is named after, and no second public one`() {
        expectNone(swiftSources.flatMap(NameRules.typePerFile))
    }

    @Test func `each public type has a doc comment`() {
        expectNone(swiftSources.flatMap(NameRules.documentedTypes))
    }

    // MARK: Modules

    @Test func `each import stands in the manifest`() {
        expectNone(swiftFiles.flatMap { ImportRules.importTable($0, repository.manifest) })
    }

    @Test func `each target stands below what it depends on`() {
        expectNone(ImportRules.targetOrder(repository.manifest))
    }

    // MARK: Safety

    @Test func `nothing is forced without a proof`() {
        expectNone(swiftSources.flatMap(SafetyRules.forcing))
    }

    @Test func `nothing stops the program by fatalError`() {
        expectNone(swiftSources.flatMap(SafetyRules.traps))
    }

    @Test func `no work is left for later in a comment`() {
        let files = repository.filesButTidy.filter { !$0.path.hasSuffix(".md") }
        expectNone(files.flatMap(SafetyRules.marks))
    }

    @Test func `unsafe code lives in the listed places only`() {
        let list = "Tests/TidyTests/unsafe-files.txt"
        let allowed = repository.entries(ofList: list)
        #expect(!allowed.isEmpty)
        expectNone(swiftSources.flatMap { SafetyRules.unsafeCode($0, allowed: allowed) })
        expectNone(
            allowed.filter { !repository.exists($0) }.map {
                Finding(path: list, line: nil, message: "'\($0)' does not exist")
            })
    }

    // MARK: Places

    @Test func `no path of one machine`() {
        expectNone(repository.filesButTidy.flatMap(PlaceRules.machinePaths))
    }

    @Test func `no registry's host`() {
        expectNone(repository.filesButTidy.flatMap(PlaceRules.registryHosts))
    }

    // MARK: Documents

    @Test func `each relative link leads somewhere`() {
        expectNone(documents.flatMap { DocumentRules.links($0, exists: repository.exists) })
    }

    @Test func `each path that a document names exists`() {
        expectNone(documents.flatMap { DocumentRules.paths($0, exists: repository.exists) })
    }

    @Test func `each make target that a document names exists`() {
        let makefile = repository.file("Makefile")?.text ?? ""
        expectNone(documents.flatMap { DocumentRules.makeTargets($0, makefile: makefile) })
    }

    @Test(.enabled(if: Repository.current.exists("docs/architecture.md"), "no docs/architecture.md yet"))
    func `the life of an event names files and symbols that exist`() throws {
        let page = try #require(repository.file("docs/architecture.md"))
        expectNone(DocumentRules.lifeOfAnEvent(page) { repository.file($0)?.text })
    }
}
