import Foundation

/// The targets of Package.swift in their order, with what each may import.
struct Manifest {
    struct Target: Equatable {
        let name: String
        let dependencies: [String]
        let isTest: Bool
    }

    let targets: [Target]

    init(_ text: String) {
        let code = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.prefix(upTo: $0.firstRange(of: "//")?.lowerBound ?? $0.endIndex) }.joined(
                separator: "\n")
        let opening = #/\.(target|systemLibrary|executableTarget|testTarget)\(\s*name:\s*"([^"]+)"/#
        let starts = code.matches(of: opening)
        targets = starts.enumerated().map { index, match in
            let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : code.endIndex
            let body = code[match.range.upperBound..<end]
            let list = body.firstMatch(of: #/dependencies:\s*\[([^\]]*)\]/#)?.1 ?? ""
            return Target(
                name: String(match.2), dependencies: list.matches(of: #/"([^"]+)"/#).map { String($0.1) },
                isTest: match.1 == "testTarget")
        }
    }

    subscript(name: String) -> Target? { targets.first { $0.name == name } }
}
