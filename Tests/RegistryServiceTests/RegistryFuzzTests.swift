import Formats
import HTTP
import Registry
import TestKit
import Testing

@testable import RegistryService

/// Whatever comes, the answer is one of the interface's, and no request takes the registry down.
@Suite struct RegistryFuzzTests {
    private static let avro = """
        {"type": "record", "name": "a.R", "fields": [{"name": "x", "type": ["null", "int"], "default": null}]}
        """
    private static let json = ##"""
        {"type": "object", "properties": {"a": {"$ref": "#/definitions/b"}},
         "definitions": {"b": {"oneOf": [{"type": "null"}, {"type": "number", "minimum": 1}]}}}
        """##
    private static let enumeration = #"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#
    private static let bodies: [JSONValue] = [
        ["schema": .string(avro)], ["schemaType": "JSON", "schema": .string(json)],
        [
            "schema": .string(enumeration), "id": 7, "version": 2,
            "references": [["name": "r", "subject": "s", "version": 1]],
        ],
        ["compatibility": "FULL_TRANSITIVE", "normalize": true], ["mode": "IMPORT"], [:], "",
    ]
    private static let paths = [
        "/", "/subjects", "/subjects/s", "/subjects/s/versions", "/subjects/a/b/versions/latest/schema",
        "/subjects/s/versions/1", "/subjects/s/versions/-1/referencedby", "/schemas", "/schemas/ids/1",
        "/schemas/ids/1/versions", "/schemas/types", "/config", "/config/s", "/mode", "/mode/s", "/contexts",
        "/compatibility/subjects/s/versions", "/compatibility/subjects/s/versions/latest",
        "/compatibility/subjects", "//", "/subjects//versions", "/subjects/versions", "/v1/metadata/id",
    ]

    private static func mutated(_ text: String, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<random.below(4) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(random.pick(Array(#"{}[]",:\0a-"#.utf8)), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(20)))
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func requests(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let answering = RegistryAnswering(SchemaRegistry(), version: "0")
        let queries = ["deleted", "permanent", "normalize", "verbose", "force", "limit", "offset"]
        for step in 0..<2000 {
            let path = String(decoding: Self.mutated(random.pick(Self.paths), &random), as: UTF8.self)
            let query = (0..<random.below(3)).map { _ in
                (name: random.pick(queries), value: random.pick(["true", "1", "x", "-5", "999999999999999"]))
            }
            let request = HTTPRequest(
                method: random.pick(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]), path: path,
                query: query, body: Self.mutated(random.pick(Self.bodies).text, &random))
            do throws(RegistryRefusal) {
                let answer = try answering.answer(request)
                #expect(answer.status == 200, "seed \(seed), step \(step)")
            } catch {
                let isKnown = error.code == error.status || error.code / 100 == error.status
                #expect(isKnown && error.status != 500, "seed \(seed), step \(step): \(error)")
            }
        }
    }

    /// Schemas made to take the stack or the time.
    @Test func schemasThatAreTooDeepOrTooWideAreAnswered() throws {
        let registry = SchemaRegistry()
        let records = (1...3000).map { index in
            let inner = index == 1 ? "\"int\"" : "\"R\(index - 1)\""
            return #"{"type": "record", "name": "R\#(index)", "fields": [{"name": "f", "type": \#(inner)}]}"#
        }
        // Only the last is compared all the way down.
        let chain = "[" + records.joined(separator: ",") + "]"
        _ = try? registry.register(chain, subject: "chain")
        _ = try? registry.register(
            chain.replacing(#""type": "int""#, with: #""type": "long""#), subject: "chain")
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(throws: (any Error).self) { try registry.register(deep, subject: "deep") }
        var choice = #"{"type": "integer", "minimum": 1}"#
        for _ in 0..<12 { choice = #"{"oneOf": [\#(choice), \#(choice)]}"# }
        try registry.register(choice, type: .json, subject: "choice")
        _ = try? registry.register(
            choice.replacing(#""minimum": 1"#, with: #""minimum": 2"#), type: .json, subject: "choice")
    }
}
