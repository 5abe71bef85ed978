/// The parts of a URL (RFC 3986), as far as they are there.
struct URLParts {
    var scheme: Substring?
    var host: Substring?
    var port: Int?
    var path: Substring
    var query: Substring?
    var fragment: Substring?

    private static let illegal = Set("\"<>\\^`{|}".utf8)

    /// nil for a text that is no URL because of a blank, a control character or another that must be escaped.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 32 && $0 != 127 && !Self.illegal.contains($0) }),
            Self.unescaped(text) != nil
        else { return nil }
        var rest = Substring(text)
        if let mark = rest.firstIndex(of: "#") {
            fragment = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let colon = rest.firstIndex(of: ":"), let first = rest.first, first.isASCII, first.isLetter,
            rest[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        {
            scheme = rest[..<colon]
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            var authority = rest[..<end]
            rest = rest[end...]
            if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
            let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
            if let colon = authority[bracket...].lastIndex(of: ":") {
                port = Int(authority[authority.index(after: colon)...])
                authority = authority[..<colon]
            }
            if !authority.isEmpty { host = authority }
        }
        path = rest
    }

    /// The value of a query's parameter, decoded; empty when it has none.
    func parameter(_ name: String) -> String? {
        guard let query else { return nil }
        for item in query.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first, URLParts.decoded(key) == name else { continue }
            return parts.count > 1 ? URLParts.decoded(parts[1]) : ""
        }
        return nil
    }

    /// Letters, digits and `*-._` stay, a blank becomes `+`, every other byte `%XX`.
    static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            let isLetter = (byte | 0x20) &- 97 < 26
            if isLetter || byte &- 48 <= 9 || [42, 45, 46, 95].contains(byte) {
                result.append(byte)
            } else if byte == 32 {
                result.append(UInt8(ascii: "+"))
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A parameter's name or value; nil when a `%` is not followed by two hex digits.
    static func decoded(_ text: some StringProtocol) -> String? { unescaped(text, plusIsBlank: true) }

    /// A path, query or fragment without escapes; nil when a `%` is not followed by two hex digits.
    static func unescaped(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if plusIsBlank, byte == UInt8(ascii: "+") {
                result.append(32)
            } else if byte == UInt8(ascii: "%") {
                let digits = String(decoding: bytes.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
                result.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
