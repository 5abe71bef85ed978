import Expressions
import Foundation
import Testing

/// The page of functions says what the registry holds: each function once, with its forms and results.
@Suite struct FunctionPageTests {
    private struct Row {
        let name: String
        let forms: String
        let result: String
        let meaning: String
    }

    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/sql/functions.md")

    /// The rows of the page's tables: forms | result | meaning | example.
    private static func rows() throws -> [Row] {
        try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("| `"), let name = line.firstMatch(of: #/^\| `([A-Z0-9_]+)\(/#) else {
                return nil
            }
            // A bar within a cell stands behind a backslash.
            let cells = line.replacing("\\|", with: "\u{0}").split(separator: "|").map {
                $0.replacing("\u{0}", with: "|").trimmingCharacters(in: .whitespaces)
            }
            guard cells.count == 4 else { return nil }
            return Row(name: String(name.1), forms: cells[0], result: cells[1], meaning: cells[2])
        }
    }

    @Test func eachFunctionHasOneRow() throws {
        let rows = try Self.rows().map(\.name)
        let functions = ScalarFunctions.names + AggregateFunctions.names + TableFunctions.names
        #expect(Set(rows).count == rows.count, "a function stands there twice")
        #expect(Set(functions).subtracting(rows).sorted() == [], "these are missing in the page")
        #expect(Set(rows).subtracting(functions).sorted() == [], "these do not exist")
    }

    @Test func theGuideSaysWhatThePageSays() throws {
        for row in try Self.rows() {
            #expect(FunctionGuide.meaning(of: row.name) == row.meaning.replacing("`", with: ""))
            let variants = FunctionGuide.variants(of: row.name)
            #expect(!variants.isEmpty, "\(row.name) has no forms")
            for variant in variants {
                let told = variant.arguments.map(\.name)
                #expect(!variant.result.isEmpty, "\(variant.signature) gives nothing")
                #expect(!told.contains { $0.hasPrefix("argument") }, "\(variant.signature) has no names")
                #expect(Set(told).count == told.count, "\(variant.signature) has a name twice")
            }
        }
    }

    @Test(arguments: [
        ("SUBSTRING", 0, "SUBSTRING(text STRING, position INTEGER)", "STRING"),
        ("ROUND", 0, "ROUND(number INTEGER)", "INTEGER"),
        ("CONCAT_WS", 0, "CONCAT_WS(separator STRING, text STRING, …)", "STRING"),
        ("ARRAY_MAX", 0, "ARRAY_MAX(array ARRAY<T>)", "T"),
        ("COUNT", 0, "COUNT()", "BIGINT"),
        ("LATEST_BY_OFFSET", 1, "LATEST_BY_OFFSET(value T, ignoreNulls BOOLEAN)", "T"),
        ("LATEST_BY_OFFSET", 2, "LATEST_BY_OFFSET(value T, n INTEGER)", "ARRAY<T>"),
        ("TOPK", 0, "TOPK(value T, k INTEGER)", "ARRAY<T>"),
        (
            "TRANSFORM", 1, "TRANSFORM(collection MAP<T, U>, lambda (k, v) => T, valueLambda (k, v) => U)",
            "MAP<T, U>"
        ),
        ("EXPLODE", 0, "EXPLODE(array ARRAY<T>)", "T"),
    ])
    func variantsHaveNamesAndResults(_ name: String, _ index: Int, _ signature: String, _ result: String) {
        let variant = FunctionGuide.variants(of: name.lowercased())[index]
        #expect(variant.signature == signature)
        #expect(variant.result == result)
    }

    @Test func rowsSayTheFormsAndResultsOfTheRegistry() throws {
        for row in try Self.rows() {
            #expect(!row.meaning.isEmpty, "\(row.name) has no meaning")
            if TableFunctions.contains(row.name) || Iteration.Kind(rawValue: row.name) != nil {
                let forms =
                    TableFunctions.contains(row.name)
                    ? TableFunctions.signatures(of: row.name) : ScalarFunctions.signatures(of: row.name)
                #expect(row.forms == forms.map { "`\($0)`" }.joined(separator: ", "))
                continue
            }
            let signatures = ScalarFunctions.signatures(of: row.name)
            if signatures.isEmpty {
                #expect(
                    row.forms == FunctionForms(row.name, AggregateFunctions.signatures(of: row.name)).text)
                continue
            }
            let forms = FunctionForms(row.name, signatures)
            let expected = "| \(forms.text) | \(try forms.results()) |"
            #expect("| \(row.forms) | \(row.result) |" == expected)
        }
    }
}
