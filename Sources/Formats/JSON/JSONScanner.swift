/// Reads JSON by RFC 8259, token by token, and validates everything it passes.
///
/// Never reads at or behind `end`. Works on untrusted bytes: UTF-8, escapes, surrogates, numbers and nesting
/// are checked; `NaN`, single quotes, trailing commas and the like are refused.
struct JSONScanner {
    /// Objects and arrays may nest this deep, so that hostile input can't exhaust the stack.
    static let depthLimit = 512

    let base: UnsafeRawPointer
    var position: Int
    let end: Int
    /// Takes `// …` to the end of the line as white space.
    let allowsComments: Bool

    init(_ base: UnsafeRawPointer, _ start: Int, _ end: Int, allowsComments: Bool = false) {
        self.base = base
        position = start
        self.end = end
        self.allowsComments = allowsComments
    }

    @inline(__always) var isAtEnd: Bool { position >= end }

    /// The byte at the position; 0, which no JSON token begins with, at the end.
    @inline(__always) var byte: UInt8 { position < end ? WordScan.byte(base, position) : 0 }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < end {
            let byte = WordScan.byte(base, position)
            if byte > 0x20 {
                if byte == 0x2F && allowsComments && skipComment() { continue }
                return
            }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    private mutating func skipComment() -> Bool {
        guard position &+ 1 < end, WordScan.byte(base, position &+ 1) == 0x2F else { return false }
        while position < end, WordScan.byte(base, position) != 0x0A { position &+= 1 }
        return true
    }

    /// A whole text: one value with white space around it and nothing else.
    mutating func document() throws(JSONFault) -> JSONToken {
        skipWhitespace()
        let token = try value(depth: 0)
        try finish()
        return token
    }

    /// Nothing but white space may follow.
    mutating func finish() throws(JSONFault) {
        skipWhitespace()
        if position < end { throw JSONFault(.trailingBytes, position) }
    }

    /// The value at the position, which is not white space. `depth` levels are open around it.
    mutating func value(depth: Int) throws(JSONFault) -> JSONToken {
        guard position < end else { throw JSONFault(.unexpectedEnd, position) }
        switch WordScan.byte(base, position) {
        case 0x22: return try string()
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x2D, 0x30...0x39: return try number()
        case 0x74: return try literal("true", .true)
        case 0x66: return try literal("false", .false)
        case 0x6E: return try literal("null", .null)
        default: throw JSONFault(.expectedValue, position)
        }
    }

    /// The string whose opening quote is at the position.
    mutating func string() throws(JSONFault) -> JSONToken {
        let start = position &+ 1
        var scan = JSONStringScan(base, start, end)
        let close = scan.run()
        if let fault = scan.fault { throw fault }
        position = close &+ 1
        return JSONToken(.string, start, close, hasEscapes: scan.hasEscapes)
    }

    private mutating func number() throws(JSONFault) -> JSONToken {
        let start = position
        let number = NumberToken.json(base, start, end)
        guard number.end >= 0 else { throw JSONFault(.badNumber, start) }
        position = number.end
        // `01`, `1.5.2`: what goes on like a number belongs to it, and makes it malformed.
        switch byte {
        case 0x30...0x39, 0x2E, 0x2B, 0x2D, 0x45, 0x65: throw JSONFault(.badNumber, start)
        default: return JSONToken(.number, start, number.end)
        }
    }

    private mutating func literal(
        _ word: StaticString, _ kind: JSONToken.Kind
    ) throws(JSONFault) -> JSONToken {
        let start = position
        let count = word.utf8CodeUnitCount
        guard end - start >= count else { throw JSONFault(.badLiteral, start) }
        for index in 0..<count where WordScan.byte(base, start &+ index) != word.utf8Start[index] {
            throw JSONFault(.badLiteral, start)
        }
        position = start &+ count
        return JSONToken(kind, start, position)
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONToken {
        let start = position
        var isFirst = true
        while try nextName(isFirst: isFirst, depth: depth) != nil {
            isFirst = false
            _ = try value(depth: depth &+ 1)
        }
        return JSONToken(.object, start, position)
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONToken {
        let start = position
        var isFirst = true
        while try nextElement(isFirst: isFirst, depth: depth) {
            isFirst = false
            _ = try value(depth: depth &+ 1)
        }
        return JSONToken(.array, start, position)
    }

    /// Enters the object at the position or goes on in it; leaves the position at the next member's value.
    ///
    /// Returns the member's name, or nil behind the closing brace.
    @inline(__always)
    mutating func nextName(isFirst: Bool, depth: Int) throws(JSONFault) -> JSONToken? {
        if isFirst {
            if depth >= JSONScanner.depthLimit { throw JSONFault(.tooDeep, position) }
            position &+= 1
        }
        skipWhitespace()
        if byte == 0x7D {
            position &+= 1
            return nil
        }
        if !isFirst {
            guard byte == 0x2C else { throw JSONFault(.expectedCommaOrBrace, position) }
            position &+= 1
            skipWhitespace()
        }
        guard byte == 0x22 else { throw JSONFault(.expectedName, position) }
        let name = try string()
        skipWhitespace()
        guard byte == 0x3A else { throw JSONFault(.expectedColon, position) }
        position &+= 1
        skipWhitespace()
        return name
    }

    /// Enters the array at the position or goes on in it; leaves the position at the next element.
    ///
    /// Returns false behind the closing bracket.
    @inline(__always)
    mutating func nextElement(isFirst: Bool, depth: Int) throws(JSONFault) -> Bool {
        if isFirst {
            if depth >= JSONScanner.depthLimit { throw JSONFault(.tooDeep, position) }
            position &+= 1
        }
        skipWhitespace()
        if byte == 0x5D {
            position &+= 1
            return false
        }
        if !isFirst {
            guard byte == 0x2C else { throw JSONFault(.expectedCommaOrBracket, position) }
            position &+= 1
            skipWhitespace()
        }
        return true
    }
}
