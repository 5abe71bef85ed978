import Diagnostics
import Expressions
import Formats

/// What this version leaves out, told by a test's features: never by whether it would pass.
enum QueryTestScope {
    private static let javaFunctions = [
        "TEST_UDF", "TEST_UDTF", "THROWING_UDTF", "BAD_UDF", "BAD_TEST_UDAF", "TEST_UDAF", "WHENCONDITION",
        "WHENRESULT", "MULTI_ARG", "FOUR_ARG", "FIVE_ARG", "VAR_ARG", "MID_VAR_ARG", "GENERIC_VAR_ARG",
        "OBJ_COL_ARG", "TOSTRUCT",
    ]

    /// ksqlDB's functions beyond those of this version.
    private static let laterFunctions = ["CUBE_EXPLODE", "FILTER", "REDUCE", "TRANSFORM"]

    /// A reason that the text of the test gives; nil when there is none.
    static func reason(against test: QueryTest) -> String? {
        if !test.isEnabled { return "disabled upstream" }
        let words = Words(test.statements.joined(separator: "\n"))
        if words.hasFormat("PROTOBUF", "PROTOBUF_NOSR") { return "format PROTOBUF" }
        if test.properties.contains(where: { $0.value.uppercased() == "PROTOBUF" })
            || test.topics.contains(where: { $0.key?.type == .protobuf || $0.value?.type == .protobuf })
        {
            return "format PROTOBUF"
        }
        if let name = javaFunctions.first(where: words.calls) { return "Java test function \(name)" }
        let names = Set(ScalarFunctions.names + AggregateFunctions.names)
        for name in laterFunctions where !names.contains(name) && words.calls(name) {
            return "function \(name)"
        }
        if words.hasLambda { return "lambdas" }
        return nil
    }

    /// A reason that the planner's refusal gives.
    static func reason(for error: Diagnostic) -> String? {
        error.code == .unsupported ? error.message : nil
    }

    /// The features that at least twenty tests must show, or all there are.
    static func features(_ test: QueryTest) -> [String] {
        let words = Words(test.statements.joined(separator: "\n"))
        var features: [String] = []
        for kind in ["TUMBLING", "HOPPING", "SESSION"] where words.has(kind) && words.has("WINDOW") {
            features.append(kind)
        }
        if words.sequence("GROUP", "BY") { features.append("GROUP BY") }
        if words.has("HAVING") { features.append("HAVING") }
        return features
    }

    /// The words of statements outside of string literals.
    private struct Words {
        let list: [String]
        let upper: String
        let hasLambda: Bool

        init(_ text: String) {
            upper = text.uppercased()
            var code = ""
            var inString = false
            for character in upper {
                if character == "'" { inString.toggle() }
                code.append(inString ? " " : character)
            }
            hasLambda = code.contains("=>")
            list = code.split { !($0.isLetter || $0.isNumber || "_(".contains($0)) }.flatMap { word in
                word.split(separator: "(", omittingEmptySubsequences: false).enumerated().flatMap {
                    index, part in
                    index == 0 ? [String(part)] : ["(", String(part)]
                }
            }.filter { !$0.isEmpty }
        }

        func has(_ word: String) -> Bool { list.contains(word) }

        func sequence(_ first: String, _ second: String) -> Bool {
            zip(list, list.dropFirst()).contains { $0 == first && $1 == second }
        }

        func calls(_ name: String) -> Bool { sequence(name, "(") }

        func hasFormat(_ names: String...) -> Bool { names.contains { upper.contains("'\($0)'") } }
    }
}
