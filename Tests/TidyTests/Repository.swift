import Foundation

/// The checkout that the tests stand in, read once.
struct Repository {
    static let current = Repository()

    let root: URL
    /// Every text file that people write, sorted by path.
    let files: [SourceFile]
    let manifest: Manifest

    private static let folders = [
        "Sources", "Tests", "Benchmarks", "scripts", "docs", "pipelines", ".ci",
    ]
    private static let endings: Set = [
        "swift", "c", "cpp", "h", "py", "sh", "md", "sql", "json", "txt", "yml", "yaml", "modulemap", "",
    ]

    private init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        self.root = root
        let manager = FileManager.default
        var paths = (try? manager.contentsOfDirectory(atPath: root.path)) ?? []
        paths = paths.filter {
            $0.hasSuffix(".md") || ["Package.swift", "Makefile", ".swift-format"].contains($0)
        }
        for folder in Self.folders {
            let below = manager.enumerator(atPath: root.appending(path: folder).path)?.allObjects as? [String]
            paths += (below ?? []).map { "\(folder)/\($0)" }
        }
        files = paths.sorted().compactMap { path in
            let url = URL(filePath: path)
            guard Self.endings.contains(url.pathExtension) || path == ".swift-format",
                !path.contains("/__pycache__/"),
                let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
            else { return nil }
            return SourceFile(path: path, text: text)
        }
        manifest = Manifest(files.first { $0.path == "Package.swift" }?.text ?? "")
    }

    /// The files that ship.
    var sources: [SourceFile] { files.filter { $0.path.hasPrefix("Sources/") } }
    var tests: [SourceFile] { files.filter { $0.path.hasPrefix("Tests/") } }
    /// This target's own files name what they forbid.
    var filesButTidy: [SourceFile] { files.filter { !$0.path.hasPrefix("Tests/TidyTests/") } }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    func file(_ path: String) -> SourceFile? { files.first { $0.path == path } }

    /// The entries of a checked-in list: one a line, `#` begins a remark.
    func entries(ofList path: String) -> [String] {
        (file(path)?.lines ?? []).map { line in
            line.prefix(upTo: line.firstIndex(of: "#") ?? line.endIndex).trimmingCharacters(in: .whitespaces)
        }.filter { !$0.isEmpty }
    }
}
