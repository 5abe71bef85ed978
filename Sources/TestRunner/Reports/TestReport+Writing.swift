import Formats

extension TestReport {
    /// One line for each test that failed, and the counts.
    ///
    /// - Parameter comparesTexts: says also how many errors have the very text that was expected.
    public func lines(comparesTexts: Bool) -> [String] {
        var lines = results.filter { $0.verdict.outcome == .failed }.map { result in
            let detail = result.verdict.detail.isEmpty ? "" : ": \(result.verdict.detail)"
            return "FAILED \(result.id): \(result.verdict.cause)\(detail)"
        }
        var summary = "\(results.count) tests: \(count(.passed)) passed, \(count(.failed)) failed"
        let left = count(.outOfScope)
        let skipped = count(.skipped)
        if left > 0 { summary += ", \(left) out of scope" }
        if skipped > 0 { summary += ", \(skipped) skipped" }
        lines.append(summary)
        if comparesTexts {
            let texts = errorTexts
            lines.append("\(texts.same) of \(texts.count) expected errors have the expected text")
        }
        return lines
    }

    /// One object, for programs.
    public func json(comparesTexts: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("runs", .number(results.count)), .init("in_scope", .number(countInScope)),
            .init("passed", .number(count(.passed))), .init("failed", .number(count(.failed))),
            .init("out_of_scope", .number(count(.outOfScope))), .init("skipped", .number(count(.skipped))),
        ]
        if comparesTexts {
            let texts = errorTexts
            members.append(
                .init("errors", ["count": .number(texts.count), "same_text": .number(texts.same)]))
        }
        members.append(
            .init(
                "causes",
                .object(causes(of: .failed).map { .init($0.cause, .number($0.results.count)) })))
        members.append(
            .init("cases", .array(results.map { Self.json($0, comparesTexts: comparesTexts) })))
        return .object(members)
    }

    private static func json(_ result: TestResult, comparesTexts: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(result.name)), .init("file", .string(result.file)),
            .init("verdict", .string(result.verdict.outcome.rawValue)),
            .init("cause", .string(result.verdict.cause)),
        ]
        if !result.verdict.detail.isEmpty { members.append(.init("detail", .string(result.verdict.detail))) }
        if comparesTexts, let isSame = result.verdict.isSameText {
            members.append(.init("same_text", .boolean(isSame)))
        }
        return .object(members)
    }

    /// A page: the counts, and what fails, by cause.
    public var markdown: [String] {
        var lines = ["| tests | number |", "|---|---|"]
        lines.append("| runs | \(results.count) |")
        lines += causes(of: .outOfScope).map { "| out of scope: \($0.cause) | \($0.results.count) |" }
        lines += causes(of: .skipped).map { "| skipped: \($0.cause) | \($0.results.count) |" }
        lines.append("| in scope | \(countInScope) |")
        lines.append("| passed | \(count(.passed))\(share) |")
        lines.append("| failed | \(count(.failed)) |")
        let failed = causes(of: .failed)
        guard !failed.isEmpty else { return lines }
        lines += ["", "## What fails, by cause", "", "| cause | tests |", "|---|---|"]
        lines += failed.map { "| \(Self.cell($0.cause)) | \($0.results.count) |" }
        for (cause, results) in failed {
            lines += ["", "### \(cause)", ""]
            let files = Dictionary(grouping: results, by: \.file).sorted { $0.key < $1.key }
            for (file, results) in files {
                // A name may have backquotes in it: as code it stands for itself.
                let names = results.map { "``\($0.name)``" }
                lines.append("- `\(file)`: \(names.joined(separator: "; "))")
            }
        }
        return lines
    }

    private var share: String {
        guard countInScope > 0 else { return "" }
        let tenths = count(.passed) * 1000 / countInScope
        return " (\(tenths / 10).\(tenths % 10) %)"
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
