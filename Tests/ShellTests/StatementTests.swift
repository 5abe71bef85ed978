import Diagnostics
import Language
import Testing

@testable import Shell

@Suite("Statements of the shell")
struct StatementTests {
    private static func texts(_ text: String) -> [String] {
        StatementPiece.split(text).map { PlacedStatement($0, in: SourceText(text)).text }
    }

    @Test("semicolons end statements, but not in quotes and comments")
    func splitting() {
        #expect(Self.texts("SELECT 1; SHOW STREAMS") == ["SELECT 1", "SHOW STREAMS"])
        #expect(
            Self.texts("SELECT ';', `a;b` -- ; no\n, \"x;\" /* ; */ ;\n;;") == [
                "SELECT ';', `a;b` -- ; no\n, \"x;\""
            ])
        #expect(Self.texts("-- only\n/* comments */") == [])
        #expect(Self.texts("  -- first\nPRINT 'it''s';\n") == ["PRINT 'it''s'"])
        let pieces = StatementPiece.split("select a.b, 1 from x emit changes; show")
        #expect(pieces[0].words == ["SELECT", "A", "B", "1", "FROM", "X", "EMIT", "CHANGES"])
        #expect(pieces.map(\.isTerminated) == [true, false])
    }

    @Test("a text is open until its statement is ended")
    func open() {
        for text in ["SELECT 1", "SELECT 1; S", "PRINT 'a;", "/* ;", "SELECT `x;` "] {
            #expect(StatementPiece.isOpen(text), "\(text)")
        }
        for text in ["", ";", "SELECT 1;", "SELECT 1; -- x", "-- x", "SELECT ';';\n"] {
            #expect(!StatementPiece.isOpen(text), "\(text)")
        }
    }

    @Test("statements go to who does them")
    func routes() {
        func route(_ text: String) -> StatementRoute? {
            StatementPiece.split(text).first.map(StatementRoute.init)
        }
        #expect(route("-- x\nselect * from a emit changes") == .query(isEndless: true))
        #expect(route("SELECT * FROM a WHERE b = 'EMIT'") == .query(isEndless: false))
        #expect(route("print 'x'") == .print)
        #expect(route("set 'a' = 'b'") == .session)
        #expect(route("run script 'x'") == .session)
        #expect(route("list variables") == .session)
        #expect(route("show properties") == .properties)
        #expect(route("show streams") == .server)
        #expect(route("create stream x as select * from y emit changes") == .server)
    }

    @Test("commands of the shell need no semicolon and are no SQL")
    func commands() {
        #expect(ShellCommand("exit") == .exit)
        #expect(ShellCommand(" QUIT ; ") == .exit)
        #expect(ShellCommand("help create stream") == .help("create stream"))
        #expect(ShellCommand("server 'http://x:1'") == .server("http://x:1"))
        #expect(ShellCommand("output json;") == .output("json"))
        #expect(ShellCommand("history of things") == nil)
        #expect(ShellCommand("select 1") == nil)
        for word in ShellCommand.words { #expect(!LanguageWords.statementStarts.contains(word.uppercased())) }
    }

    @Test("help knows each statement that there is")
    func help() throws {
        for word in LanguageWords.statementStarts {
            #expect(throws: Never.self, "\(word)") { try HelpTopics.text(word) }
        }
        #expect(try HelpTopics.text("create  stream").hasPrefix("CREATE [OR REPLACE] STREAM"))
        #expect(try HelpTopics.text("show streams").hasPrefix("SHOW STREAMS"))
        #expect(throws: Diagnostic.self) { try HelpTopics.text("selct") }
    }

    @Test("the server's place is found again in the text, whatever stands before it")
    func places() {
        let text = "SHOW STREAMS;\n/* ü */ SELECT a,\n  nope FROM x;"
        let statement = PlacedStatement(StatementPiece.split(text)[1], in: SourceText(text, file: "a.sql"))
        let told = Refusal.diagnostic(message: "line 2:3: Column 'NOPE' cannot be resolved")
        let placed = statement.placed(told, variables: Variables(), pointsAtStart: true)
        #expect(
            placed.rendered() == """
                error: Column 'NOPE' cannot be resolved
                 --> a.sql:3:3
                  |
                3 |   nope FROM x;
                  |   ^^^^
                """)
    }

    @Test("messages of both forms are taken apart, and others left whole")
    func messages() {
        let first = Refusal.diagnostic(
            message: "line 1:8: Syntax Error\nExpecting {',', 'FROM'}\nStatement: SELECT")
        #expect(first.message == "Syntax Error")
        #expect(first.expected == "{',', 'FROM'}")
        #expect(first.location?.column == 8)
        let second = Refusal.diagnostic(message: "Line: 3, Col: 84: Column 'ID' is ambiguous.")
        #expect(second.location?.line == 3 && second.location?.column == 84)
        #expect(second.message == "Column 'ID' is ambiguous.")
        let third = Refusal.diagnostic(message: "line of thought: 1\nDid you mean 'SHOW'?")
        #expect(third.message == "line of thought: 1" && third.hint == "did you mean 'SHOW'?")
        #expect(third.location == nil)
    }

    @Test("what the server refuses without a place is read here for one; what it refuses otherwise is not")
    func ownSyntax() {
        let text = "SELECT a FRM x;"
        let statement = PlacedStatement(StatementPiece.split(text)[0], in: SourceText(text))
        let refused = Diagnostic(.invalidStatement, "bad")
        let placed = statement.placed(refused, variables: Variables(), pointsAtStart: false)
        #expect(placed.location?.line == 1 && placed.code == .syntax)
        let broken = Diagnostic(.internalError, "the server is ill")
        #expect(statement.placed(broken, variables: Variables(), pointsAtStart: false) == broken)
    }

    @Test("history entries survive their file, and are one line where that changes nothing")
    func history() {
        for entry in ["a", "a\nb", "\\n", "'\\'", "日本\n\\"] {
            #expect(HistoryFile.decoded(HistoryFile.encoded(entry)) == entry)
            #expect(!HistoryFile.encoded(entry).contains("\n"))
        }
        #expect(HistoryFile.folded("SELECT a\n   FROM b\n;") == "SELECT a FROM b;")
        #expect(HistoryFile.folded("SELECT a -- x\nFROM b;") == "SELECT a -- x\nFROM b;")
        #expect(HistoryFile.folded("SELECT 'a\nb';") == "SELECT 'a\nb';")
    }

    @Test("addresses are read as people write them, and never tell a password")
    func addresses() throws {
        #expect(try ServerAddress("localhost").url == "http://localhost:8088")
        #expect(try ServerAddress("http://a:1/").url == "http://a:1")
        #expect(try ServerAddress("https://a/ksql/").url == "https://a/ksql")
        #expect(try ServerAddress("http://[::1]:8088").url == "http://[::1]:8088")
        let address = try ServerAddress("http://ann:secret@host:8088")
        #expect(address.url == "http://host:8088" && address.user == "ann" && address.password == "secret")
        for text in ["", "ftp://a", "http://", "http://a:b", "http://a b", "http://u:secret@h:99999"] {
            #expect(throws: Diagnostic.self, "\(text)") {
                do throws(Diagnostic) { _ = try ServerAddress(text) } catch {
                    #expect(!error.rendered().contains("secret"))
                    throw error
                }
            }
        }
    }
}
