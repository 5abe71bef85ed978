import Diagnostics
import Language
import Testing

@Suite("Expressions")
struct ExpressionTests {
    typealias Node = Expression

    private func parse(_ text: String) throws -> Node { try Parser.expression(text) }

    private func column(_ name: String, of qualifier: String? = nil) -> Node {
        Node(.column(qualifier: qualifier.map { Identifier($0) }, name: Identifier(name)))
    }

    private func number(_ value: Int32) -> Node { Node(.integer(value)) }

    @Test(
        "bind as in SQL",
        arguments: [
            ("1 + 2 * 3", "1 + (2 * 3)"), ("1 - 2 - 3", "(1 - 2) - 3"), ("a / b % c", "(a / b) % c"),
            ("-a * b", "(-a) * b"), ("a + b || c", "(a + b) || c"), ("a || b = c", "(a || b) = c"),
            ("a = b AND c = d OR e = f", "((a = b) AND (c = d)) OR (e = f)"),
            ("NOT a = b AND c", "(NOT (a = b)) AND c"), ("a OR b AND c", "a OR (b AND c)"),
            ("NOT a IS NULL", "NOT (a IS NULL)"), ("a + 1 IN (1, 2)", "(a + 1) IN (1, 2)"),
            ("a BETWEEN 1 + 1 AND 2 * 2 AND b", "(a BETWEEN (1 + 1) AND (2 * 2)) AND b"),
            ("a NOT LIKE 'x%' || b", "a NOT LIKE ('x%' || b)"), ("-a->b[1]", "-((a->b)[1])"),
            ("a == b", "a = b"), ("a != b", "a <> b"), ("- - a", "-(-a)"),
            ("x IS DISTINCT FROM y + 1", "x IS DISTINCT FROM (y + 1)"),
            ("CASE WHEN a THEN b END + 1", "(CASE WHEN a THEN b END) + 1"),
        ])
    func binding(_ text: String, _ meaning: String) throws {
        #expect(try parse(text) == parse(meaning))
    }

    @Test(
        "differ when they mean something else",
        arguments: [
            ("1 - (2 - 3)", "1 - 2 - 3"), ("a", "b"), ("a", "t.a"), ("'a'", "a"), ("1", "1.0"),
            ("1.0", "1.00"), ("1.0", "1e0"), ("a IS NULL", "a IS NOT NULL"), ("x => x", "x"),
            ("a[1]", "a->`1`"), ("f(a)", "g(a)"), ("'a'", "'A'"), ("`a`", "a"),
        ])
    func difference(_ left: String, _ right: String) throws {
        let first = right.contains("=>") || left.contains("=>") ? try parse("f(\(left))") : try parse(left)
        let second = left.contains("=>") ? try parse("f(\(right))") : try parse(right)
        #expect(first != second)
    }

    @Test("hold numbers as they are written")
    func numbers() throws {
        #expect(try parse("2147483647").kind == .integer(2_147_483_647))
        #expect(try parse("2147483648").kind == .bigint(2_147_483_648))
        #expect(try parse("-2147483648").kind == .integer(-2_147_483_648))
        #expect(try parse("-9223372036854775808").kind == .bigint(.min))
        #expect(try parse("9.50").kind == .decimal("9.50"))
        #expect(try parse("-.5").kind == .decimal("-.5"))
        #expect(try parse("5.").kind == .decimal("5."))
        #expect(
            try parse("123456789012345678901234567890.1").kind == .decimal("123456789012345678901234567890.1")
        )
        #expect(try parse("1.5E-3").kind == .double(0.0015))
        #expect(try parse("1e5").kind == .double(100_000))
        #expect(try parse("a - 5") == Node(.binary(.subtract, column("A"), number(5))))
        #expect(try parse("a -5") == Node(.binary(.subtract, column("A"), number(5))))
        #expect(throws: Diagnostic.self) { try parse("9223372036854775808") }
        #expect(throws: Diagnostic.self) { try parse("1e999") }
    }

    @Test("keep the case of quoted names only")
    func names() throws {
        #expect(try parse("eventId") == column("EVENTID"))
        #expect(try parse("`eventId`") == column("eventId"))
        #expect(try parse("\"eventId\"") == column("eventId"))
        #expect(try parse("`a``b`") == column("a`b"))
        #expect(try parse("s.`Id`") == column("Id", of: "S"))
        guard case .column(_, let plain) = try parse("id").kind,
            case .column(_, let quoted) = try parse("`ID`").kind
        else { return #expect(Bool(false)) }
        #expect(plain == quoted && !plain.isQuoted && quoted.isQuoted)
    }

    @Test(
        "take words of the language as names where no clause begins",
        arguments: [
            "source", "key", "date", "time", "timestamp", "id", "type", "day", "hours", "map", "array",
            "size",
            "changes", "stream", "table", "emit", "partition", "interval", "replace", "properties", "session",
        ])
    func wordsAsNames(_ word: String) throws {
        #expect(try parse(word) == column(word.uppercased()))
        #expect(try parse("f(\(word), \(word) + 1)").kind.operands.count == 2)
    }

    @Test("read strings with doubled quotes and anything else inside")
    func strings() throws {
        #expect(try parse("'it''s'").kind == .string("it's"))
        #expect(try parse("''").kind == .string(""))
        #expect(try parse("'-- no; /* comment'").kind == .string("-- no; /* comment"))
        #expect(try parse("'日本\n🚀'").kind == .string("日本\n🚀"))
    }

    @Test("leave out comments")
    func comments() throws {
        #expect(try parse("a -- one\n + /* two\n lines */ b") == parse("a + b"))
        #expect(try parse("a/**/+/***/b") == parse("a + b"))
    }

    @Test("construct and take apart nested values")
    func nested() throws {
        #expect(
            try parse("ARRAY[1, 2][1]")
                == Node(.element(of: Node(.array([number(1), number(2)])), index: number(1))))
        #expect(
            try parse("MAP('k' := 1)")
                == Node(.map([Node.MapEntry(key: Node(.string("k")), value: number(1))])))
        #expect(
            try parse("STRUCT(a := 1, `b` := x)->`b`")
                == Node(
                    .field(
                        of: Node(
                            .structure([
                                Node.StructureField(name: Identifier("A"), value: number(1)),
                                Node.StructureField(name: Identifier("b"), value: column("X")),
                            ])), name: Identifier("b"))))
        #expect(try parse("ARRAY[]").kind == .array([]))
        #expect(try parse("MAP()").kind == .map([]))
        #expect(try parse("STRUCT()").kind == .structure([]))
    }

    @Test("take lambdas as arguments only")
    func lambdas() throws {
        #expect(
            try parse("TRANSFORM(a, x => x + 1)")
                == Node(
                    .call(
                        name: Identifier("TRANSFORM"),
                        arguments: [
                            column("A"),
                            Node(
                                .lambda(
                                    parameters: [Identifier("X")],
                                    body: Node(.binary(.add, column("X"), number(1))))),
                        ])))
        #expect(try parse("f((x, y) => x, (z) => (z))").kind.operands.count == 2)
        #expect(try parse("f((x), (x) + 1)").kind.operands.count == 2)
        #expect(throws: Diagnostic.self) { try parse("x => x + 1") }
    }

    @Test("call functions with columns of a source, units of time and nothing")
    func calls() throws {
        #expect(
            try parse("COUNT(*)").kind
                == .call(name: Identifier("COUNT"), arguments: [Node(.allColumns(of: nil))]))
        #expect(try parse("count(s.*)").kind.operands == [Node(.allColumns(of: Identifier("S")))])
        #expect(try parse("now()").kind.operands.isEmpty)
        #expect(try parse("TIMESTAMPADD(second, 5, t)").kind.operands.first?.kind == .timeUnit(.seconds))
        #expect(try parse("SUBSTRING(second, 5)").kind.operands.first == column("SECOND"))
    }

    @Test("choose by condition or by value")
    func choices() throws {
        #expect(
            try parse("CASE x WHEN 1 THEN 'a' ELSE 'b' END")
                == Node(
                    .choice(
                        operand: column("X"),
                        branches: [Node.Branch(when: number(1), then: Node(.string("a")))],
                        otherwise: Node(.string("b")))))
        #expect(try parse("CASE WHEN x THEN 1 WHEN y THEN 2 END").kind.operands.count == 4)
    }

    @Test("match with LIKE and an escape")
    func like() throws {
        #expect(
            try parse("a LIKE 'x!%' ESCAPE '!'")
                == Node(.like(column("A"), pattern: Node(.string("x!%")), escape: "!", negated: false)))
        #expect(throws: Diagnostic.self) { try parse("a LIKE 'x' ESCAPE 'ab'") }
    }

    @Test("know where they stand")
    func spans() throws {
        let text = "a + foo(b, 'é') * 2"
        guard case .binary(_, let left, let right) = try parse(text).kind else { return #expect(Bool(false)) }
        #expect(left.span == SourceSpan(offset: 0, length: 1))
        #expect(right.span == SourceSpan(offset: 4, length: 16))
        #expect(right.kind.operands.first?.span == SourceSpan(offset: 4, length: 12))
    }

    @Test(
        "refuse what is no expression",
        arguments: [
            "", "a b", "a +", "(a", "a)", "a = b = c", "a IS 1", "a IN ()", "a NOT 1", "CASE END", "a.b.c",
            "f(,)",
            "f(a,)", "ARRAY[1", "MAP('a', 1)", "STRUCT(1 := 2)", "CAST(a, INT)", "CAST(a AS NULL)", "a[",
            "a->", "* ",
            "(a, b)", "SELECT", "a BETWEEN 1", "a LIKE", "`", "'", "a & b", "a = NOT b", "1.5x",
            "COUNT(DISTINCT a)",
        ])
    func refused(_ text: String) throws {
        #expect(throws: Diagnostic.self) { try parse(text) }
    }
}
