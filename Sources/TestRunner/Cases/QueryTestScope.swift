import Diagnostics

/// What a test asks for that is left out for good: told by its text, never by whether it would pass.
enum QueryTestScope {
    /// Functions that upstream has for its tests alone.
    private static let javaFunctions = [
        "TEST_UDF", "TEST_UDTF", "THROWING_UDTF", "BAD_UDF", "BAD_TEST_UDAF", "TEST_UDAF", "WHENCONDITION",
        "WHENRESULT", "MULTI_ARG", "FOUR_ARG", "FIVE_ARG", "VAR_ARG", "MID_VAR_ARG", "GENERIC_VAR_ARG",
        "OBJ_COL_ARG", "TOSTRUCT",
    ]

    /// The reason; nil when the test is in scope.
    static func reason(against test: QueryTest) -> String? {
        let words = Words(test.statements.joined(separator: "\n"))
        if words.hasFormat("PROTOBUF", "PROTOBUF_NOSR") || namesProtobuf(test) { return "format PROTOBUF" }
        return javaFunctions.contains(where: words.calls) ? "Java test function" : nil
    }

    private static func namesProtobuf(_ test: QueryTest) -> Bool {
        func isProtobuf(_ format: String?) -> Bool { format?.hasPrefix("PROTOBUF") ?? false }
        return isProtobuf(test.format) || test.properties.contains { isProtobuf($0.value.uppercased()) }
            || test.topics.contains {
                $0.key?.type == .protobuf || $0.value?.type == .protobuf || isProtobuf($0.keyFormat)
                    || isProtobuf($0.valueFormat)
            }
    }

    /// The words of statements outside of string literals.
    private struct Words {
        private let list: [String]
        private let upper: String

        init(_ text: String) {
            upper = text.uppercased()
            var code = ""
            var inString = false
            for character in upper {
                if character == "'" { inString.toggle() }
                code.append(inString ? " " : character)
            }
            list = code.split { !($0.isLetter || $0.isNumber || "_(".contains($0)) }.flatMap { word in
                word.split(separator: "(", omittingEmptySubsequences: false).enumerated().flatMap {
                    index, part in
                    index == 0 ? [String(part)] : ["(", String(part)]
                }
            }.filter { !$0.isEmpty }
        }

        func calls(_ name: String) -> Bool {
            zip(list, list.dropFirst()).contains { $0 == name && $1 == "(" }
        }

        func hasFormat(_ names: String...) -> Bool { names.contains { upper.contains("'\($0)'") } }
    }
}
