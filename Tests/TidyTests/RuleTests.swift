import Testing

/// Each rule finds what it forbids, and lets honest code pass.
@Suite struct RuleTests {
    private func file(_ text: String, _ path: String = "Sources/State/Table.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    private func lines(_ findings: [Finding]) -> [Int?] { findings.map(\.line) }

    // MARK: Lengths

    @Test func `a file of 701 lines is too long unless it is a table of data`() {
        let body = String(repeating: "//\n", count: 701)
        #expect(LengthRules.fileLength(file(body)).count == 1)
        #expect(LengthRules.fileLength(file("// Data table: the Unicode classes.\n" + body)).isEmpty)
        #expect(LengthRules.fileLength(file(String(repeating: "//\n", count: 700))).isEmpty)
    }

    @Test func `a line of 111 columns is too long`() {
        let line = String(repeating: "ü", count: 110)
        #expect(LengthRules.lineLength(file(line)).isEmpty)
        #expect(lines(LengthRules.lineLength(file("let a = 1\n" + line + "x"))) == [2])
        #expect(LengthRules.lineLength(file("// https://example.com/" + line)).isEmpty)
        #expect(LengthRules.lineLength(file("let a = \"\"\"\n\(line)x\n\"\"\"\n")).isEmpty)
        #expect(lines(LengthRules.lineLength(file("let a = \"\"\"\n\"\"\"\n\(line)x"))) == [3])
    }

    @Test(arguments: [
        "func run() throws -> [Int] {", "public init(a: Int = { 3 }()) {", "subscript(i: Int) -> Int {",
    ])
    func `a function of 71 lines is too long`(opening: String) {
        func sample(_ lines: Int) -> SourceFile {
            file("struct A {\n\(opening)\n\(String(repeating: "if x { y() }\n", count: lines - 2))}\n}\n")
        }
        #expect(LengthRules.functionLength(sample(70)).isEmpty)
        #expect(lines(LengthRules.functionLength(sample(71))) == [2])
    }

    @Test func `a protocol's requirements have no body`() {
        let text =
            "protocol P {\nfunc a(\n_ x: Int\n) throws\nvar b: Int { get }\ninit()\n"
            + String(repeating: "//\n", count: 90) + "}"
        #expect(LengthRules.functionLength(file(text)).isEmpty)
    }

    @Test func `braces in strings and comments open nothing`() {
        let text =
            "func a() {\n  b(\"{ \\(c(\"}\")) {\") // {\n  /* { /* { */ */\n  d(#\"\\({\"#)\n}\nfunc e() {}\n"
        let declarations = DeclarationReader(file(text)).declarations()
        #expect(declarations.map(\.name) == ["a", "e"])
        #expect(declarations.map(\.lastLine) == [5, 6])
    }

    @Test func `regex literals and names in backticks are no code`() {
        let text =
            "let a = #/\\{\"(/#\nlet b = f(/{/, c / d)\nfunc `a class { that import B`() {}\nfunc e() {}\n"
        let declarations = DeclarationReader(file(text)).declarations()
        #expect(declarations.map(\.lastLine) == [3, 4])
        #expect(ImportRules.imports(file(text)).isEmpty)
    }

    @Test func `four folders below a target are too deep`() {
        #expect(LengthRules.folderDepth(file("", "Sources/State/A/B/C/D.swift")).isEmpty)
        #expect(LengthRules.folderDepth(file("", "Sources/State/A/B/C/D/E.swift")).count == 1)
    }

    // MARK: Names

    @Test(arguments: [
        ("StringUtils", "Utils"), ("UtilsOfStrings", "Utils"), ("ConnectionManager", "Manager"),
        ("Core", "Core"),
        ("PlanBase", "Base"), ("Table+Helpers", "Helpers"), ("DataTypes", "Types"), ("SinkImpl", "Impl"),
        ("ReaderOld", "Old"), ("helper", "Helper"),
    ])
    func `an empty name is found`(name: String, word: String) {
        #expect(NameRules.bannedWord(in: name) == word)
    }

    @Test(arguments: [
        "NewlineScanner", "CommonPrefix", "Base64", "DataType", "TypeCheck", "Threshold", "BaseTable",
        "Scoreboard",
        "OldestFirst", "HTTPServer", "Parser+Types",
    ])
    func `a term of the domain passes`(name: String) {
        #expect(NameRules.bannedWord(in: name) == nil)
    }

    @Test func `folders, files and types are looked at`() {
        #expect(NameRules.bannedNames(file("", "Sources/State/Helpers/Table.swift")).count == 1)
        #expect(NameRules.bannedNames(file("", "Sources/State/TableUtils.swift")).count == 1)
        #expect(lines(NameRules.bannedNames(file("\nprivate struct RowManager {}"))) == [2])
        #expect(NameRules.bannedNames(file("enum Table { case types, core }\nlet base = Table.core")).isEmpty)
    }

    @Test func `a second public type in a file is found`() {
        let text = "public struct Table {\n  public enum Side { case left }\n}\n"
        #expect(NameRules.typePerFile(file(text)).isEmpty)
        #expect(NameRules.typePerFile(file(text + "private struct Slot {}\nstruct Entry {}\n")).isEmpty)
        #expect(lines(NameRules.typePerFile(file(text + "@frozen\npublic struct Row {}\n"))) == [4])
    }

    @Test func `a file is named after what it holds`() {
        #expect(NameRules.typePerFile(file("public struct Row {}")).count == 1)
        #expect(NameRules.typePerFile(file("struct Row {}")).count == 1)
        #expect(NameRules.typePerFile(file("struct Row {}\nstruct Table {}")).isEmpty)
        #expect(NameRules.typePerFile(file("extension Table {}", "Sources/State/Table+Merge.swift")).isEmpty)
        #expect(NameRules.typePerFile(file("extension Plan.Table {}")).isEmpty)
        #expect(NameRules.typePerFile(file("extension Plan { struct Table {} }")).isEmpty)
        #expect(NameRules.typePerFile(file("extension Row {}", "Sources/State/Table+Merge.swift")).count == 1)
        #expect(NameRules.typePerFile(file("func merge() {}")).isEmpty)
    }

    @Test func `a public type without a doc comment is found`() {
        #expect(NameRules.documentedTypes(file("/// Rows.\n@frozen public struct Table {}")).isEmpty)
        #expect(NameRules.documentedTypes(file("/// Rows.\n@frozen\npublic struct Table {}")).isEmpty)
        #expect(NameRules.documentedTypes(file("// Rows.\npublic struct Table {}")).count == 1)
        #expect(
            lines(NameRules.documentedTypes(file("/// A\npublic enum A {\n public struct B {}\n}"))) == [3])
        #expect(NameRules.documentedTypes(file("struct Table {}")).isEmpty)
    }

    @Test func `keywords that declare no type are no types`() {
        let text =
            "class func make() {}\nlet a = x.class\nfunc f(enum kind: Int, struct: Int) { _ = B.init() }"
        #expect(
            DeclarationReader(file(text)).declarations().filter { $0.kind == .type }.map(\.name) == ["kind"])
    }

    // MARK: Modules

    private let manifest = Manifest(
        """
        // swift-tools-version: 6.2
        let package = Package(name: "x", products: [.executable(name: "x", targets: ["x"])], targets: [
            .systemLibrary(name: "CZ", pkgConfig: "z", providers: [.apt(["z-dev"])]),
            // .target(name: "Gone"),
            .target(name: "Columnar"),
            .target(
                name: "State",
                dependencies: [
                    "Columnar", "CZ",
                ]),
            .testTarget(name: "StateTests", dependencies: ["State"]),
        ])
        """)

    @Test func `the manifest is read`() {
        #expect(manifest.targets.map(\.name) == ["CZ", "Columnar", "State", "StateTests"])
        #expect(manifest["State"]?.dependencies == ["Columnar", "CZ"])
        #expect(manifest.targets.map(\.isTest) == [false, false, false, true])
    }

    @Test func `an import that the manifest does not list is found`() {
        let good =
            "import Columnar\nimport Glibc\n@preconcurrency public import struct CZ.A\nlet a = \"import Foo\""
        #expect(ImportRules.importTable(file(good), manifest).isEmpty)
        #expect(lines(ImportRules.importTable(file("// why\nimport StateTests"), manifest)) == [2])
        #expect(ImportRules.importTable(file("import Foundation"), manifest).count == 1)
        #expect(ImportRules.importTable(file("import Testing"), manifest).count == 1)
        let test = "Tests/StateTests/A.swift"
        #expect(
            ImportRules.importTable(file("import Foundation\n@testable import State", test), manifest).isEmpty
        )
        #expect(ImportRules.importTable(file("import Columnar", test), manifest).count == 1)
        #expect(ImportRules.importTable(file("", "Sources/Gone/A.swift"), manifest).count == 1)
    }

    @Test func `a target above what it depends on is found`() {
        #expect(ImportRules.targetOrder(manifest).isEmpty)
        let upside = Manifest(#".target(name: "A", dependencies: ["B"]), .target(name: "B")"#)
        #expect(ImportRules.targetOrder(upside).count == 1)
    }

    // MARK: Safety

    @Test(arguments: [
        "let a = try! b()", "let a = b as! C", "let a = b!", "let a = b()!.c", "let a = b[0]!", "var a: B!",
        "f(\"\\(a!)\")", "let a = b! as C", "let a = b?.c!",
    ])
    func `what is forced is found`(line: String) {
        #expect(lines(SafetyRules.forcing(file("\n" + line))) == [2])
        #expect(
            SafetyRules.forcing(file("// Proof: b is never empty,\n// as its maker checks.\n" + line)).isEmpty
        )
        #expect(SafetyRules.forcing(file(line + " // Proof: b is set in init.")).isEmpty)
        #expect(SafetyRules.forcing(file("// Proof: b is set.\nlet z = 1\n" + line)).count == 1)
    }

    @Test(arguments: [
        "if !a { b() }", "if a != b {}", "a!=b", "f(!a, !b)", "let a = \"wait!\"", "// never!", "let a = !b",
        "#if !os(Linux)", "[!a]",
    ])
    func `a negation is not forced`(line: String) {
        #expect(SafetyRules.forcing(file(line)).isEmpty)
    }

    @Test func `fatalError is found`() {
        #expect(lines(SafetyRules.traps(file("fatalError(\"no\")"))) == [1])
        #expect(SafetyRules.traps(file("precondition(a > 0)\n// fatalError")).isEmpty)
    }

    @Test func `work left for later is found`() {
        #expect(lines(SafetyRules.marks(file("let a = 1\n// TODO: b"))) == [2])
        #expect(SafetyRules.marks(file("# FIXME", "scripts/setup")).count == 1)
        #expect(SafetyRules.marks(file("let TODOS = MASTODON")).isEmpty)
    }

    @Test func `unsafe code outside the list is found`() {
        let text = "\nfunc a(_ p: UnsafeRawBufferPointer) {}"
        #expect(
            lines(SafetyRules.unsafeCode(file(text), allowed: ["Sources/Stat", "Sources/Columnar"])) == [2])
        #expect(SafetyRules.unsafeCode(file(text), allowed: ["Sources/State"]).isEmpty)
        #expect(SafetyRules.unsafeCode(file(text), allowed: ["Sources/State/Table.swift"]).isEmpty)
        #expect(SafetyRules.unsafeCode(file("// UnsafePointer\nlet a = \"Unmanaged\""), allowed: []).isEmpty)
        #expect(SafetyRules.unsafeCode(file("a.withUnsafeBytes { $0 }"), allowed: []).count == 1)
    }

    // MARK: Places

    @Test(arguments: ["cd /work/main", "\"/root/x\"", "path=/home/me/data", "see `/Users/me`."])
    func `a machine's path is found`(line: String) {
        #expect(lines(PlaceRules.machinePaths(file("\n" + line, "scripts/setup"))) == [2])
    }

    @Test(arguments: [
        "https://shop.example.com/home/page", "Sources/work/x", "a/home/b", "$ROOT/root/x", "/work",
    ])
    func `a path of the repository or the web passes`(line: String) {
        #expect(PlaceRules.machinePaths(file(line)).isEmpty)
    }

    @Test func `a registry's host is found`() {
        #expect(PlaceRules.registryHosts(file("pip --index-url https://pypi.org/simple")).count == 1)
        #expect(PlaceRules.registryHosts(file("pip install pyarrow")).isEmpty)
    }

    // MARK: Documents

    private func document(_ text: String) -> SourceFile { file(text, "docs/sql.md") }
    private func exists(_ path: String) -> Bool {
        ["docs/testing.md", "README.md", "Sources/State/Table.swift", "Sources", "docs"].contains(path)
    }

    @Test func `a link that leads nowhere is found`() {
        let good =
            "[a](testing.md) [b](../README.md#top) [c](https://example.com) [d](#here) [e](./testing.md)"
        #expect(DocumentRules.links(document(good), exists: exists).isEmpty)
        #expect(lines(DocumentRules.links(document("\n[a](README.md)"), exists: exists)) == [2])
        #expect(DocumentRules.links(document("[a](../../README.md)"), exists: exists).count == 1)
        #expect(DocumentRules.links(document("```\n[a](gone.md)\n```"), exists: exists).isEmpty)
    }

    @Test func `a path that does not exist is found`() {
        let good =
            "`Sources/State/Table.swift`, Sources/<Target>/Name.swift and ../x/Sources/Gone.swift, docs/*.md."
        #expect(DocumentRules.paths(document(good), exists: exists).isEmpty)
        #expect(lines(DocumentRules.paths(document("In Sources/State/Gone.swift."), exists: exists)) == [1])
    }

    @Test func `a make target that does not exist is found`() {
        let makefile = "\ntest: build\n\tswift test\n"
        #expect(
            DocumentRules.makeTargets(
                document("`make test`, make sure, `FOR=0 make test`"), makefile: makefile
            ).isEmpty)
        #expect(DocumentRules.makeTargets(document("`make tests`"), makefile: makefile).count == 1)
    }

    @Test func `the life of an event is held against the sources`() {
        let texts = ["Sources/State/Table.swift": "struct Table { func put(_ row: Row) {} }"]
        func check(_ row: String, _ rows: Int = 5) -> [Finding] {
            let table =
                "| step | file | symbol |\n|---|---|---|\n" + String(repeating: row + "\n", count: rows)
            return DocumentRules.lifeOfAnEvent(
                document("## Life of an event\n\nTen steps.\n\n" + table + "\n## B\n")
            ) {
                texts[$0]
            }
        }
        #expect(check("| keep | `Sources/State/Table.swift` | `Table.put(_:)` |").isEmpty)
        #expect(check("| keep | `Sources/State/Table.swift` | `Table.get(_:)` |").count == 5)
        #expect(check("| keep | `Sources/State/Gone.swift` | `Table` |").count == 5)
        #expect(check("| keep | `Sources/State/Table.swift` |").count == 5)
        #expect(check("| keep | `Sources/State/Table.swift` | `Table` |", 4).count == 1)
        #expect(DocumentRules.lifeOfAnEvent(document("no table")) { _ in nil }.count == 1)
    }
}
