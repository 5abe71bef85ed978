/// A JSON document that knows where each value stands, for files that people write: so that what is wrong
/// in one can be pointed at.
///
/// Reads what ``JSONValue`` reads. Ranges are bytes of the text; a string's is without its quotes.
public struct LocatedJSON: Sendable {
    /// What stands there.
    public indirect enum Content: Sendable {
        case null
        case boolean(Bool)
        /// As written, such as `9.50` or `1e3`.
        case number(String)
        case string(String)
        case array([LocatedJSON])
        case object([Member])
    }

    /// A name and its value.
    public struct Member: Sendable {
        public let name: String
        public let nameRange: Range<Int>
        public let value: LocatedJSON
    }

    public let content: Content
    public let range: Range<Int>

    /// Parses one document; a byte order mark in front is passed over.
    ///
    /// - Parameter allowsComments: takes `// …` to the end of a line as white space.
    public init(parsing bytes: [UInt8], allowsComments: Bool = false) throws(JSONSyntaxError) {
        let parsed = bytes.withUnsafeBytes { raw -> Result<LocatedJSON, JSONSyntaxError> in
            guard let base = raw.baseAddress else {
                return .failure(JSONSyntaxError(JSONFault(.unexpectedEnd, 0), in: raw))
            }
            let hasMark = raw.count >= 3 && raw[0] == 0xEF && raw[1] == 0xBB && raw[2] == 0xBF
            var scanner = JSONScanner(base, hasMark ? 3 : 0, raw.count, allowsComments: allowsComments)
            do throws(JSONFault) {
                scanner.skipWhitespace()
                let document = try scanner.located(depth: 0)
                try scanner.finish()
                return .success(document)
            } catch {
                return .failure(JSONSyntaxError(error, in: raw))
            }
        }
        self = try parsed.get()
    }

    init(_ content: Content, _ range: Range<Int>) {
        self.content = content
        self.range = range
    }

    /// What a message calls the value: `a text`, `an object`.
    public var kind: String {
        switch content {
        case .null: return "null"
        case .boolean: return "true or false"
        case .number: return "a number"
        case .string: return "a text"
        case .array: return "a list"
        case .object: return "an object"
        }
    }
}

extension JSONScanner {
    /// The value at the position, with its place.
    fileprivate mutating func located(depth: Int) throws(JSONFault) -> LocatedJSON {
        let start = position
        switch byte {
        case 0x7B:
            var members: [LocatedJSON.Member] = []
            var isFirst = true
            while let name = try nextName(isFirst: isFirst, depth: depth) {
                isFirst = false
                let value = try located(depth: depth + 1)
                members.append(
                    LocatedJSON.Member(name: text(of: name), nameRange: name.start..<name.end, value: value))
            }
            return LocatedJSON(.object(members), start..<position)
        case 0x5B:
            var elements: [LocatedJSON] = []
            var isFirst = true
            while try nextElement(isFirst: isFirst, depth: depth) {
                isFirst = false
                elements.append(try located(depth: depth + 1))
            }
            return LocatedJSON(.array(elements), start..<position)
        default: return located(try value(depth: depth))
        }
    }

    private func located(_ token: JSONToken) -> LocatedJSON {
        let content: LocatedJSON.Content
        switch token.kind {
        case .string: content = .string(text(of: token))
        case .number: content = .number(text(of: token))
        case .true: content = .boolean(true)
        case .false: content = .boolean(false)
        case .null, .object, .array: content = .null
        }
        return LocatedJSON(content, token.start..<token.end)
    }

    private func text(of token: JSONToken) -> String {
        let scratch = ByteWriter()
        if token.appendText(base, to: scratch) { return scratch.text }
        let bytes = UnsafeRawBufferPointer(start: base + token.start, count: token.end - token.start)
        return String(decoding: bytes, as: UTF8.self)
    }
}
