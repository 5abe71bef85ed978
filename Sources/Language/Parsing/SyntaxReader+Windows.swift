import Diagnostics

/// The WINDOW clause, after the word WINDOW.
extension SyntaxReader {
    mutating func window() throws(Diagnostic) -> Window {
        place = "the WINDOW clause"
        let start = position - 1
        // Some write a name for the window; it has no use.
        if token.isName, peek(2).symbol == .leftParenthesis { advance() }
        let kind: Window.Kind
        if accept(.tumbling) {
            try expect(.leftParenthesis, hint: "WINDOW TUMBLING (SIZE 1 HOUR)")
            kind = .tumbling(size: try size("WINDOW TUMBLING (SIZE 1 HOUR)"))
        } else if accept(.hopping) {
            let example = "WINDOW HOPPING (SIZE 1 HOUR, ADVANCE BY 10 MINUTES)"
            try expect(.leftParenthesis, hint: example)
            let size = try size(example)
            try expect(.comma, hint: "a hopping window also says how far it moves: \(example)")
            guard try accept(all: .advance, .by) else {
                throw unexpected(hint: "a hopping window also says how far it moves: \(example)")
            }
            kind = .hopping(size: size, advance: try timeSpan())
        } else if accept(.session) {
            try expect(.leftParenthesis, hint: "WINDOW SESSION (30 MINUTES)")
            if token.keyword == .size {
                note("the gap that ends a session")
                throw unexpected(hint: "a session has no size: WINDOW SESSION (30 MINUTES)")
            }
            kind = .session(gap: try timeSpan())
        } else {
            let isWord = if case .word = token.kind { true } else { false }
            throw unexpected(hint: isWord ? nil : "name the kind: WINDOW TUMBLING (SIZE 1 HOUR)")
        }
        var retention: TimeSpan?
        var grace: TimeSpan?
        while accept(.comma) {
            if retention == nil, accept(.retention) {
                retention = try timeSpan()
            } else if grace == nil {
                guard try accept(all: .grace, .period) else { throw unexpected() }
                grace = try timeSpan()
            } else {
                throw unexpected()
            }
        }
        try expect(.rightParenthesis)
        return Window(kind, retention: retention, grace: grace, span: span(from: start))
    }

    private mutating func size(_ example: String) throws(Diagnostic) -> TimeSpan {
        try expect(.size, hint: "write the size: \(example)")
        return try timeSpan()
    }
}
