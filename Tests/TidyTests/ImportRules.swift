/// Which module may know which: SwiftPM builds an undeclared import when `.build` already has that module.
enum ImportRules {
    /// What comes with the compiler and costs nothing at the program's start.
    static let systemModules: Set = ["Swift", "Glibc", "Synchronization", "_Builtin_intrinsics"]
    static let testModules: Set = [
        "Testing", "Foundation", "FoundationEssentials", "Dispatch", "Glibc", "Synchronization",
    ]

    struct Import: Equatable {
        let module: String
        let line: Int
    }

    private static let kinds: Set = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]

    static func imports(_ file: SourceFile) -> [Import] {
        file.tokens.indices.compactMap { index in
            let token = file.tokens[index]
            guard token.kind == .word, token.text == "import",
                index == 0 || file.tokens[index - 1].text != "."
            else {
                return nil
            }
            let following = file.tokens[(index + 1)...].prefix(2).filter { $0.line == token.line }
            guard let module = following.first(where: { !kinds.contains($0.text) }) else { return nil }
            return Import(module: module.text, line: token.line)
        }
    }

    static func importTable(_ file: SourceFile, _ manifest: Manifest) -> [Finding] {
        guard let name = file.target, let target = manifest[name] else {
            return [file.finding("its folder is no target of Package.swift")]
        }
        let allowed = Set(target.dependencies).union(target.isTest ? testModules : systemModules)
        return imports(file).compactMap { entry in
            if allowed.contains(entry.module) { return nil }
            let message =
                entry.module.hasPrefix("Foundation")
                ? "imports \(entry.module), which costs milliseconds at each start: use Glibc"
                : "imports \(entry.module), which Package.swift does not list for \(name)"
            return file.finding(message, line: entry.line)
        }
    }

    /// A target stands below everything it depends on.
    static func targetOrder(_ manifest: Manifest) -> [Finding] {
        var above: Set<String> = []
        var findings: [Finding] = []
        for target in manifest.targets {
            for dependency in target.dependencies where !above.contains(dependency) {
                findings.append(
                    Finding(
                        path: "Package.swift", line: nil,
                        message: "\(target.name) depends on \(dependency), which does not stand above it"))
            }
            above.insert(target.name)
        }
        return findings
    }
}
