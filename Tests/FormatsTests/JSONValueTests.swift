import Testing

@testable import Formats

@Suite("JSON documents")
struct JSONValueTests {
    @Test func numbersKeepTheirTextAndObjectsTheirOrder() throws {
        let text = #"{"z":9.50,"a":[1e3,-0,true,null],"é":"\u00e9\n","z":{}}"#
        let value = try JSONValue(parsing: text)
        #expect(value.text == #"{"z":9.50,"a":[1e3,-0,true,null],"é":"é\n","z":{}}"#)
        #expect(value.members?.map(\.name) == ["z", "a", "é", "z"])
        #expect(value["z"] == .object([]))
        #expect(value["a"]?[0]?.int == 1000)
        #expect(value["a"]?[0]?.double == 1000)
        #expect(value["a"]?[9] == nil)
        #expect(value["missing"] == nil)
    }

    @Test func literalsBuildDocuments() {
        let value: JSONValue = [
            "add": ["path": "a b", "size": 12, "stats": nil, "ok": true], "list": [1, "x"],
        ]
        #expect(value.text == #"{"add":{"path":"a b","size":12,"stats":null,"ok":true},"list":[1,"x"]}"#)
        #expect(
            value.indentedText == """
                {
                  "add": {
                    "path": "a b",
                    "size": 12,
                    "stats": null,
                    "ok": true
                  },
                  "list": [
                    1,
                    "x"
                  ]
                }
                """)
        #expect(JSONValue.number(0.1).text == "0.1")
        #expect(JSONValue.number(.nan).text == "\"NaN\"")
        #expect(JSONValue.number(UInt64.max).text == "18446744073709551615")
        #expect((([:] as JSONValue).indentedText, ([] as JSONValue).indentedText) == ("{}", "[]"))
    }

    @Test func errorsSayWhereAndWhat() {
        func error(_ text: String) -> String {
            do {
                return "accepted \(try JSONValue(parsing: text))"
            } catch {
                return error.description
            }
        }
        #expect(
            error("{\n  \"a\": 1,\n  b: 2\n}")
                == #"malformed JSON at line 3, column 3: expected a field name in quotes, found b: 2\n}"#)
        #expect(
            error("")
                == "malformed JSON at line 1, column 1: it ends where a value was expected, found the end")
        #expect(error("[1,]").hasSuffix("expected a value, found ]"))
        #expect(error("[01]").hasSuffix("the number is malformed, found 01]"))
        #expect(error("\"\\ud800\"").contains("half of a surrogate pair"))
        #expect(error("[1 // one\n]").contains("expected a comma or ]"))
    }

    @Test func commentsAreWhiteSpaceWhereAllowed() throws {
        let text = "// head\n{ // inside\n\"a\": \"// text\" // behind\n}// end"
        #expect(try JSONValue(parsing: text, allowsComments: true).text == #"{"a":"// text"}"#)
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: "{}/ /", allowsComments: true) }
    }

    @Test(.enabled(if: TestData.root != nil, Comment(rawValue: TestData.missing)))
    func filesWithCommentsAreRead() throws {
        for folder in ["ksql-qtt/query-validation-tests", "ksql-qtt/rest-query-validation-tests"] {
            for name in try TestData.names(folder) where name.hasSuffix(".json") {
                let bytes = try TestData.bytes(folder + "/" + name)
                let value = try JSONValue(parsing: bytes, allowsComments: true)
                #expect(value["tests"]?.array?.isEmpty == false, "\(name)")
                #expect(try JSONValue(parsing: value.text) == value, "\(name)")
            }
        }
    }
}
