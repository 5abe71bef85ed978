extension JSONValue {
    /// Parses one document by RFC 8259, nested at most 512 deep; a byte order mark in front is passed over.
    ///
    /// - Parameter allowsComments: takes `// …` to the end of a line as white space.
    public init(
        parsing bytes: UnsafeRawBufferPointer, allowsComments: Bool = false
    ) throws(JSONSyntaxError) {
        guard let base = bytes.baseAddress else {
            throw JSONSyntaxError(JSONFault(.unexpectedEnd, 0), in: bytes)
        }
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        var scanner = JSONScanner(base, hasMark ? 3 : 0, bytes.count, allowsComments: allowsComments)
        do throws(JSONFault) {
            scanner.skipWhitespace()
            self = try scanner.document(depth: 0, scratch: ByteWriter())
            try scanner.finish()
        } catch {
            throw JSONSyntaxError(error, in: bytes)
        }
    }

    public init(parsing text: String, allowsComments: Bool = false) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8), allowsComments: allowsComments)
    }

    public init(parsing bytes: [UInt8], allowsComments: Bool = false) throws(JSONSyntaxError) {
        let parsed = bytes.withUnsafeBytes { raw -> Result<JSONValue, JSONSyntaxError> in
            do throws(JSONSyntaxError) {
                return .success(try JSONValue(parsing: raw, allowsComments: allowsComments))
            } catch {
                return .failure(error)
            }
        }
        self = try parsed.get()
    }

    /// Whether the bytes are one JSON document, without building it.
    public static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var scanner = JSONScanner(base, 0, bytes.count)
        do throws(JSONFault) {
            _ = try scanner.document()
            return true
        } catch {
            return false
        }
    }
}

extension JSONScanner {
    /// The value at the position, built.
    fileprivate mutating func document(depth: Int, scratch: ByteWriter) throws(JSONFault) -> JSONValue {
        switch byte {
        case 0x7B:
            var members: [JSONValue.Member] = []
            var isFirst = true
            while let name = try nextName(isFirst: isFirst, depth: depth) {
                isFirst = false
                let text = text(of: name, scratch: scratch)
                members.append(JSONValue.Member(text, try document(depth: depth + 1, scratch: scratch)))
            }
            return .object(members)
        case 0x5B:
            var elements: [JSONValue] = []
            var isFirst = true
            while try nextElement(isFirst: isFirst, depth: depth) {
                isFirst = false
                elements.append(try document(depth: depth + 1, scratch: scratch))
            }
            return .array(elements)
        default:
            let token = try value(depth: depth)
            switch token.kind {
            case .string: return .string(text(of: token, scratch: scratch))
            case .number: return .number(text(of: token, scratch: scratch))
            case .true: return .boolean(true)
            case .false: return .boolean(false)
            case .null, .object, .array: return .null
            }
        }
    }

    private func text(of token: JSONToken, scratch: ByteWriter) -> String {
        scratch.removeAll()
        if token.appendText(base, to: scratch) { return scratch.text }
        let bytes = UnsafeRawBufferPointer(start: base + token.start, count: token.end - token.start)
        return String(decoding: bytes, as: UTF8.self)
    }
}
