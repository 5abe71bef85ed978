import Diagnostics
import Language
import Testing

@Suite("Scripts and variables")
struct ScriptReaderTests {
    private func texts(_ script: String, _ overrides: [String: String] = [:]) throws -> [String] {
        var reader = ScriptReader(script, overrides: overrides)
        return try reader.rest().map(\.text)
    }

    @Test("are split at semicolons outside of quotes and comments")
    func splitting() throws {
        let script = """
            ;; -- nothing; here
            SHOW STREAMS; /* ; */ SHOW
              TABLES;
            SET 'a;b' = ';'; SELECT `x;y` FROM "z;" -- tail; comment
            """
        #expect(
            try texts(script) == [
                "SHOW STREAMS", "SHOW\n  TABLES", "SET 'a;b' = ';'", "SELECT `x;y` FROM \"z;\"",
            ])
        #expect(try texts("") == [])
        #expect(try texts("  -- only a comment") == [])
    }

    @Test("know where each statement stands")
    func spans() throws {
        let script = "SHOW STREAMS;\n\n  DROP STREAM é_a;".replacing("é_a", with: "`é`")
        let statements = try Parser.statements(in: script, file: "a.sql")
        let place = try #require(statements[1].location(of: statements[1].span))
        #expect(
            place.file == "a.sql" && place.line == 3 && place.column == 3
                && place.sourceLine == "  DROP STREAM `é`;")
        guard case .drop(let drop) = statements[1].kind else { return #expect(Bool(false)) }
        #expect(statements[1].location(of: drop.name.span)?.column == 15)
    }

    @Test("put variables into names, values and strings")
    func substitution() throws {
        let script = """
            DEFINE format = 'JSON'; DEFINE n = '3'; define topic = '''t''';
            CREATE STREAM ${Format}_s WITH (topic = ${topic}, value_format = '${FORMAT}', partitions = ${n});
            DEFINE path = '${format}/x';
            SELECT '${path}', '$${path}', `${n}` FROM s; -- ${undefined}
            UNDEFINE n;
            SELECT 1 FROM /* ${n} */ s;
            """
        let statements = try texts(script)
        #expect(
            statements[3]
                == "CREATE STREAM JSON_s WITH (topic = 't', value_format = 'JSON', partitions = 3)")
        #expect(statements[5] == "SELECT 'JSON/x', '${path}', `3` FROM s")
        #expect(statements.count == 8)
    }

    @Test("let values from outside win over DEFINE and UNDEFINE")
    func overrides() throws {
        let script = "DEFINE raw = 'a'; SELECT '${raw}' FROM s; UNDEFINE raw; SELECT '${raw}' FROM s;"
        let statements = try texts(script, ["RAW": "b"])
        #expect(statements[1] == "SELECT 'b' FROM s" && statements[3] == "SELECT 'b' FROM s")
    }

    @Test("know the values from outside that nothing asked for")
    func unusedOverrides() throws {
        var reader = ScriptReader(
            "DEFINE raw = 'a'; SELECT '${lake}' FROM s;", overrides: ["rwa": "b", "Lake": "x", "raw": "c"])
        _ = try reader.rest()
        #expect(reader.variables.unusedOverrides == ["rwa"])
        #expect(reader.variables.all.map(\.name) == ["Lake", "raw", "rwa"])
    }

    @Test("never let a value be more than text inside quotes")
    func quotesInValues() throws {
        #expect(try texts("SELECT '${x}' FROM s", ["x": "a', b, '"]) == ["SELECT 'a'', b, ''' FROM s"])
        #expect(try texts("SELECT `${x}` FROM s", ["x": "a`b"]) == ["SELECT `a``b` FROM s"])
    }

    @Test("never let a value hold a second statement")
    func semicolonInValue() throws {
        #expect(throws: Diagnostic.self) {
            try texts("SELECT ${x} FROM s", ["x": "a FROM b; DROP STREAM c; SELECT d"])
        }
        #expect(throws: Diagnostic.self) { try texts("SHOW ${x}", ["x": "STREAMS;"]) }
    }

    @Test("point into the original text, at the variable that brought a mistake in")
    func placesBehindVariables() throws {
        let script = "DEFINE longer_name = 'x';\nSELECT ${longer_name}, +++ FROM s;"
        let error = #expect(throws: Diagnostic.self) { try texts(script) }
        #expect(error?.location?.line == 2 && error?.location?.column == 27 + 1)
        let inside = #expect(throws: Diagnostic.self) {
            try texts("SELECT a FROM ${v} WHERE;", ["v": "x WHERE"])
        }
        #expect(inside?.location?.column == 20)
        let value = #expect(throws: Diagnostic.self) {
            try texts("SELECT a FROM s LIMIT ${v};", ["v": "many"])
        }
        #expect(value?.location?.column == 23 && value?.location?.length == 4)
        #expect(value?.message == "unexpected many in the LIMIT clause")
    }

    @Test("name the nearest variable when one is not defined")
    func undefined() throws {
        let error = #expect(throws: Diagnostic.self) {
            try texts("DEFINE lake = 'data';\nSELECT '${lkae}/x' FROM s;")
        }
        #expect(error?.code == .undefinedVariable && error?.hint == "did you mean ${lake}?")
        #expect(error?.location?.line == 2 && error?.location?.column == 9 && error?.location?.length == 7)
    }

    @Test("go on behind a bad statement")
    func recovery() throws {
        var reader = ScriptReader("SHOW STREAMS; SHOW FOO; SHOW TABLES;")
        #expect(try reader.next()?.text == "SHOW STREAMS")
        #expect(throws: Diagnostic.self) { try reader.next() }
        #expect(try reader.next()?.text == "SHOW TABLES")
        #expect(try reader.next() == nil)
    }

    @Test("may begin with a byte order mark and have lines of any kind")
    func lineEnds() throws {
        #expect(try texts("\u{FEFF}SHOW\r\nSTREAMS;\r\n") == ["SHOW\r\nSTREAMS"])
    }
}
