/// A path into JSON: `$.a.b[0]['c']`, `$[1]`.
struct JSONPath: Sendable {
    private enum Step: Sendable {
        case member([UInt8])
        case index(Int)
    }

    private let steps: [Step]

    /// nil when the path is malformed.
    init?(_ path: String) {
        var rest = Substring(path)
        guard rest.first == "$" else { return nil }
        rest = rest.dropFirst()
        var steps: [Step] = []
        while let mark = rest.popFirst() {
            if mark == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                steps.append(.member(Array(name.utf8)))
                rest = rest.dropFirst(name.count)
            } else if mark == "[", let end = rest.firstIndex(of: "]") {
                let inside = rest[..<end]
                rest = rest[rest.index(after: end)...]
                if let quote = inside.first, quote == "'" || quote == "\"", inside.count >= 2,
                    inside.last == quote
                {
                    steps.append(.member(Array(inside.dropFirst().dropLast().utf8)))
                } else if let index = Int(inside), index >= 0 {
                    steps.append(.index(index))
                } else {
                    return nil
                }
            } else {
                return nil
            }
        }
        self.steps = steps
    }

    enum Answer {
        case found(Range<Int>)
        case absent
        case malformed
    }

    /// Where the value stands. The whole text is checked.
    func find(_ text: UnsafeRawBufferPointer) -> Answer {
        var whole = JSONScanner(text)
        guard var range = whole.skipValue(), whole.isAtEnd else { return .malformed }
        for step in steps {
            var scanner = JSONScanner(text, at: range.lowerBound)
            var found: Range<Int>?
            switch step {
            case .member(let name):
                guard text[range.lowerBound] == UInt8(ascii: "{") else { return .absent }
                let reader = scanner
                _ = scanner.forEachMember { key, value in
                    if reader.string(key) == name { found = value }
                    return true
                }
            case .index(let index):
                guard text[range.lowerBound] == UInt8(ascii: "[") else { return .absent }
                var position = 0
                _ = scanner.forEachElement { value in
                    if position == index { found = value }
                    position += 1
                    return position <= index
                }
            }
            guard let found else { return .absent }
            range = found
        }
        return .found(range)
    }
}
