import Diagnostics

extension AvroSchema {
    /// Parses a schema in JSON.
    ///
    /// Throws a ``Diagnostic`` with the place in the text: `syntax` for what is no JSON, `invalidValue` for
    /// what is no schema. Source: Avro specification 1.11, "Schema Declaration".
    ///
    /// - Parameter references: texts of schemas whose named types it may name, each behind those that it
    ///   names itself.
    public init(parsing text: String, references: [String] = []) throws(Diagnostic) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: text)
        } catch {
            // A bare word is how the names of primitive types are often written.
            guard let kind = AvroSchemaReader.primitive(text) else {
                throw Diagnostic(
                    .syntax, "the schema is no JSON: \(error.reason)",
                    at: SourceLocation(in: text, offset: error.offset, length: 1))
            }
            self.init(text: "\"\(text)\"", nodes: [AvroNode(kind)], root: 0)
            return
        }
        try self.init(json, text: text, references: references)
    }

    /// A schema that was made as JSON.
    public init(_ json: JSONValue) throws(Diagnostic) {
        try self.init(json, text: json.text, references: [])
    }

    private init(_ json: JSONValue, text: String, references: [String]) throws(Diagnostic) {
        var reader = AvroSchemaReader()
        for reference in references { try AvroSchema.define(reference, &reader) }
        do throws(AvroSchemaReader.Fault) {
            let root = try reader.type(json, in: "", at: [])
            self.init(text: text, nodes: reader.nodes, root: root)
        } catch {
            let place = JSONPlaces.range(of: error.path, in: text)
            throw Diagnostic(
                .invalidValue, error.message,
                at: SourceLocation(in: text, offset: place.lowerBound, length: place.count),
                expected: error.expected)
        }
    }

    private static func define(_ text: String, _ reader: inout AvroSchemaReader) throws(Diagnostic) {
        // A schema that is a word names no type of its own.
        guard let json = try? JSONValue(parsing: text) else { return }
        do throws(AvroSchemaReader.Fault) {
            _ = try reader.type(json, in: "", at: [])
        } catch {
            throw Diagnostic(.invalidValue, "in a schema that it refers to: \(error.message)")
        }
    }
}

/// Finds where a part of a JSON document stands in its text.
enum JSONPlaces {
    /// The bytes of the value that the way leads to; as far as it leads.
    static func range(of path: [AvroSchemaReader.Step], in text: String) -> Range<Int> {
        var text = text
        return text.withUTF8 { bytes in
            guard let base = UnsafeRawPointer(bytes.baseAddress) else { return 0..<0 }
            var found = 0..<bytes.count
            do throws(JSONFault) {
                var scanner = JSONScanner(base, 0, bytes.count)
                var token = try scanner.document()
                found = token.quotedRange
                for step in path {
                    guard let next = try child(step, of: token, base) else { break }
                    token = next
                    found = token.quotedRange
                }
            } catch {
                return found
            }
            return found
        }
    }

    private static func child(
        _ step: AvroSchemaReader.Step, of token: JSONToken, _ base: UnsafeRawPointer
    ) throws(JSONFault) -> JSONToken? {
        var scanner = JSONScanner(base, token.start, token.end)
        var isFirst = true
        switch step {
        case .member(let wanted):
            guard token.kind == .object else { return nil }
            var found: JSONToken?
            while let name = try scanner.nextName(isFirst: isFirst, depth: 0) {
                isFirst = false
                let bytes = UnsafeRawBufferPointer(start: base + name.start, count: name.end - name.start)
                let value = try scanner.value(depth: 0)
                if bytes.elementsEqual(wanted.utf8) { found = value }
            }
            return found
        case .element(let wanted):
            guard token.kind == .array else { return nil }
            var index = 0
            while try scanner.nextElement(isFirst: isFirst, depth: 0) {
                isFirst = false
                let value = try scanner.value(depth: 0)
                if index == wanted { return value }
                index += 1
            }
            return nil
        }
    }
}
