import Foundation

/// What ties the repository to one machine or one registry.
enum PlaceRules {
    /// Folders of one person's or one job's machine. A web address such as `shop.example.com/home/` is none.
    nonisolated(unsafe) private static let machinePath =
        #/(?:^|[^\w.\/)}~-])(/(?:work|root|home|Users|farm|mnt)/[\w.-]+)/#

    private static let hosts = [
        "pypi.org", "pythonhosted.org", "npmjs.org", "npmjs.com", "crates.io", "maven.org",
        "maven.apache.org",
        "deb.debian.org", "proxy.golang.org", "docker.io", "ghcr.io", "quay.io", "conda.anaconda.org",
    ]

    static func machinePaths(_ file: SourceFile) -> [Finding] {
        lines(of: file, holding: ["/work/", "/root/", "/home/", "/Users/", "/farm/", "/mnt/"]) { line in
            line.firstMatch(of: machinePath).map { "'\($0.1)' is a path of one machine" }
        }
    }

    static func registryHosts(_ file: SourceFile) -> [Finding] {
        lines(of: file, holding: hosts) { line in
            hosts.first { line.contains($0) }.map { "'\($0)': package tools know their own registry" }
        }
    }

    /// A look for plain text first: regular expressions over every line would take seconds.
    private static func lines(
        of file: SourceFile, holding needles: [String], _ judge: (Substring) -> String?
    ) -> [Finding] {
        guard needles.contains(where: { file.text.contains($0) }) else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            guard needles.contains(where: { line.contains($0) }) else { return nil }
            return judge(line).map { file.finding($0, line: index + 1) }
        }
    }
}
