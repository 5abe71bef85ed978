import Columnar

/// Functions with regular expressions.
enum PatternFunctions {
    static let entries: [ScalarFunction] = [
        ScalarFunction(
            "REGEXP_EXTRACT",
            signatures: [
                Signature([.string, .string], returns: .string, extract),
                Signature([.string, .string, .integer], returns: .string, extract),
            ]),
        ScalarFunction(
            "REGEXP_EXTRACT_ALL",
            signatures: [
                Signature([.string, .string], returns: .array(.string), extractAll),
                Signature([.string, .string, .integer], returns: .array(.string), extractAll),
            ]),
        ScalarFunction(
            "REGEXP_REPLACE",
            signatures: [Signature([.string, .string, .string], returns: .string, replace)]),
        ScalarFunction(
            "REGEXP_SPLIT_TO_ARRAY",
            signatures: [Signature([.string, .string], returns: .array(.string), split)]),
    ]

    private static let malformed = EvaluationFailure.function("REGEXP", reason: "the pattern is malformed")

    /// The last pattern that was compiled: neighbouring rows mostly have the same one.
    private struct Patterns {
        private var text: String?
        private var compiled: Regex<AnyRegexOutput>?

        mutating func callAsFunction(_ pattern: String) -> Regex<AnyRegexOutput>? {
            if text == pattern { return compiled }
            text = pattern
            compiled = (try? Regex(pattern))?.matchingSemantics(.unicodeScalar)
            return compiled
        }
    }

    private static func group(_ match: Regex<AnyRegexOutput>.Match, _ index: Int) -> String? {
        guard index >= 0, index < match.output.count else { return nil }
        return match.output[index].substring.map { String($0) }
    }

    /// extract(pattern, text [, group]): the first match or its group; NULL when there is none.
    @Sendable private static func extract(_ call: Invocation) -> Column {
        var patterns = Patterns()
        var writer = TextWriter(count: call.count)
        let valid = Bitmap(repeating: false, count: call.count)
        call.forEachRow { row in
            guard let regex = patterns(call.string(0, row)) else { return call.fail(row, malformed) }
            let index = call.operands.count > 2 ? Int(call.int32(2, row)) : 0
            guard let match = call.string(1, row).firstMatch(of: regex), let text = group(match, index) else {
                return
            }
            valid.set(row)
            writer.write(row, text)
        }
        return writer.finish(.string, count: call.count, validity: valid.ifNotFull)
    }

    /// extractAll(pattern, text [, group]): all matches.
    @Sendable private static func extractAll(_ call: Invocation) -> Column {
        var patterns = Patterns()
        return lists(call) { row in
            guard let regex = patterns(call.string(0, row)) else { return nil }
            let index = call.operands.count > 2 ? Int(call.int32(2, row)) : 0
            return call.string(1, row).matches(of: regex).map { group($0, index) }
        }
    }

    /// replace(text, pattern, replacement): every match; `$1` in the replacement is a group.
    @Sendable private static func replace(_ call: Invocation) -> Column {
        var patterns = Patterns()
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            guard let regex = patterns(call.string(1, row)) else { return call.fail(row, malformed) }
            let replacement = call.string(2, row)
            let result = call.string(0, row).replacing(regex) { expand(replacement, $0) }
            writer.write(row, result)
        }
        return call.texts(writer)
    }

    /// `$n` is a group, a character behind a backslash itself.
    private static func expand(_ replacement: String, _ match: Regex<AnyRegexOutput>.Match) -> String {
        var result = ""
        var rest = Substring(replacement)
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.popFirst() {
                result.append(next)
            } else if character == "$", let digit = rest.first?.wholeNumberValue, digit < match.output.count {
                rest = rest.dropFirst()
                result += group(match, digit) ?? ""
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// split(text, pattern): what stands between the matches; single characters if the pattern is empty.
    @Sendable private static func split(_ call: Invocation) -> Column {
        var patterns = Patterns()
        return lists(call) { row in
            guard let regex = patterns(call.string(1, row)) else { return nil }
            let text = call.string(0, row)
            if call.bytes(1, row).isEmpty, !text.isEmpty { return text.unicodeScalars.map { String($0) } }
            return text.split(separator: regex, omittingEmptySubsequences: false).map { String($0) }
        }
    }

    private static func lists(_ call: Invocation, _ body: (Int) -> [String?]?) -> Column {
        let builder = ColumnBuilder(type: call.type, capacity: call.count)
        for row in 0..<call.count {
            guard call.validity?[row] ?? true else {
                builder.appendNull()
                continue
            }
            guard let items = body(row) else {
                call.fail(row, malformed)
                builder.appendNull()
                continue
            }
            for item in items {
                if let item { builder.children[0].append(item) } else { builder.children[0].appendNull() }
            }
            builder.endList()
        }
        return builder.finish()
    }
}
