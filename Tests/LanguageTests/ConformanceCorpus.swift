import Foundation

/// The JSON cases of ksqlDB's query tests, if they are there.
struct ConformanceCorpus {
    struct Case {
        let file: String
        let name: String
        let statements: [String]
        /// The Java class of the error that the case expects.
        let expectedError: String?
    }

    let cases: [Case]

    static var root: URL {
        if let path = ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"] {
            return URL(fileURLWithPath: path)
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/testdata")
    }

    static func isThere(_ suite: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent("ksql-qtt/\(suite)").path)
    }

    /// `suite` is `query-validation-tests` or `rest-query-validation-tests`.
    init(suite: String) throws {
        let folder = Self.root.appendingPathComponent("ksql-qtt/\(suite)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") }.sorted()
        cases = try files.flatMap { file -> [Case] in
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            let json = try JSONSerialization.jsonObject(with: Data(Self.withoutComments(text).utf8))
            let tests = ((json as? [String: Any])?["tests"] as? [[String: Any]]) ?? []
            return tests.compactMap { Self.readCase($0, file: file) }
        }
    }

    private static func readCase(_ test: [String: Any], file: String) -> Case? {
        guard let name = test["name"] as? String, let statements = test["statements"] as? [String] else {
            return nil
        }
        let error = (test["expectedException"] ?? test["expectedError"]) as? [String: Any]
        let filled = statements.map {
            $0.replacingOccurrences(of: "{FORMAT}", with: "JSON").replacingOccurrences(
                of: "{CONFIG}", with: "1")
        }
        let kind = error.map { ($0["type"] as? String) ?? "unnamed" }
        return Case(file: file, name: name, statements: filled, expectedError: kind)
    }

    /// Drops `//` comments outside of strings.
    private static func withoutComments(_ text: String) -> String {
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var inString = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if inString, byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                result += [byte, bytes[index + 1]]
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { inString.toggle() }
            if !inString, byte == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == byte {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
                continue
            }
            result.append(byte)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}
