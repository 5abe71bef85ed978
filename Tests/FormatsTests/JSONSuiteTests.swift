import Columnar
import Testing

@testable import Formats

@Suite("JSON parsing suite", .enabled(if: TestData.root != nil, Comment(rawValue: TestData.missing)))
struct JSONSuiteTests {
    @Test func documentsAreAcceptedAndRefusedAsTheirNamesSay() throws {
        for name in try TestData.names("json-parsing/test_parsing") {
            let bytes = try TestData.bytes("json-parsing/test_parsing/" + name)
            let parsed = try? JSONValue(parsing: bytes)
            let isWellFormed = bytes.withUnsafeBytes { JSONValue.isWellFormed($0) }
            if name.hasPrefix("y_") {
                #expect(parsed != nil, "\(name) must be accepted")
                #expect(isWellFormed, "\(name) is well-formed")
            } else if name.hasPrefix("n_") {
                #expect(parsed == nil, "\(name) must be refused")
                #expect(!isWellFormed, "\(name) is not well-formed")
            }
            if let parsed {
                #expect(try JSONValue(parsing: parsed.text) == parsed, "\(name) survives writing")
                #expect(try JSONValue(parsing: parsed.indentedText) == parsed, "\(name) survives indenting")
            }
        }
    }

    @Test func recordsAreAcceptedAndRefusedAsTheirNamesSay() throws {
        let wrapped = JSONDecoder(fields: [DecodedField("a", .string), DecodedField("b", .string)])
        let unwrapped = JSONDecoder(fields: [DecodedField("a", .string)], isWrapped: false)
        for name in try TestData.names("json-parsing/test_parsing") {
            let bytes = try TestData.bytes("json-parsing/test_parsing/" + name)
            let frames = RecordFrames([0..<bytes.count])
            let data = buffer(bytes)
            let bare = unwrapped.decode(data, frames: frames)
            if name.hasPrefix("y_") { #expect(bare.errors.isEmpty, "\(name): \(bare.errors)") }
            if name.hasPrefix("n_") { #expect(bare.errors.count == 1, "\(name) must be refused") }
            let record = wrapped.decode(data, frames: frames)
            let code = record.errors.first?.reason.code
            let isObject = bytes.first { $0 != 0x20 && $0 != 0x0A } == UInt8(ascii: "{")
            if name.hasPrefix("y_") {
                #expect(code == (isObject ? nil : .notAnObject), "\(name): \(record.errors)")
            }
            if name.hasPrefix("n_") {
                #expect(code != nil && code != .notAnObject, "\(name) must be refused")
            }
            #expect(record.count == 1)
        }
    }

    @Test func everyVerdictIsTheObviousParsers() throws {
        for folder in ["test_parsing", "test_transform"] {
            for name in try TestData.names("json-parsing/" + folder) {
                let bytes = try TestData.bytes("json-parsing/\(folder)/\(name)")
                let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
                let obvious = ObviousJSON.parse(bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes)
                let parsed = try? JSONValue(parsing: bytes)
                #expect((obvious == nil) == (parsed == nil), "\(name)")
            }
        }
    }

    @Test func transformsKeepNumbersAndTakeTheLastOfEqualNames() throws {
        func parse(_ name: String) throws -> JSONValue {
            try JSONValue(parsing: try TestData.bytes("json-parsing/test_transform/" + name))
        }
        #expect(try parse("number_1.000000000000000005.json")[0]?.numberText == "1.000000000000000005")
        #expect(try parse("number_-9223372036854775808.json")[0]?.int64 == .min)
        #expect(try parse("number_-9223372036854775809.json")[0]?.int64 == nil)
        #expect(try parse("number_1e-999.json")[0]?.double == 0)
        #expect(try parse("object_same_key_same_value.json").members?.count == 2)
        // Names that Unicode calls equivalent are different names.
        let nfc = try parse("object_key_nfc_nfd.json")
        #expect(nfc["\u{E9}"]?.string == "NFC")
        #expect(nfc["e\u{301}"]?.string == "NFD")
        #expect(try parse("string_with_escaped_NULL.json")[0]?.string == "A\u{0}B")
        #expect(throws: JSONSyntaxError.self) { try parse("string_1_escaped_invalid_codepoint.json") }
    }
}
