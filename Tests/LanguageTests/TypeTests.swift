import Diagnostics
import Language
import Testing

@Suite("Types")
struct TypeTests {
    @Test(
        "are written back with one spelling",
        arguments: [
            ("int", "INTEGER"), ("INTEGER", "INTEGER"), ("bigint", "BIGINT"), ("DOUBLE", "DOUBLE"),
            ("boolean", "BOOLEAN"), ("varchar", "STRING"), ("VARCHAR(10)", "STRING"), ("STRING", "STRING"),
            ("VARCHAR(STRING)", "STRING"), ("decimal(10,2)", "DECIMAL(10, 2)"), ("bytes", "BYTES"),
            ("date", "DATE"), ("time", "TIME"), ("timestamp", "TIMESTAMP"), ("array<int>", "ARRAY<INTEGER>"),
            ("MAP<STRING, ARRAY<ARRAY<INT>>>", "MAP<STRING, ARRAY<ARRAY<INTEGER>>>"),
            ("struct<a int, `b c` struct<d string>>", "STRUCT<A INTEGER, `b c` STRUCT<D STRING>>"),
            ("STRUCT<>", "STRUCT<>"), ("STRUCT< >", "STRUCT<>"), ("address", "ADDRESS"), ("`int`", "`int`"),
            ("`INT`", "`INT`"),
        ])
    func spelling(_ text: String, _ formatted: String) throws {
        let type = try Parser.type(text)
        #expect(type.formatted == formatted)
        #expect(try Parser.type(formatted) == type)
    }

    @Test(
        "refuse wrong parameters",
        arguments: [
            "INT(4)", "DECIMAL", "DECIMAL(4)", "DECIMAL(a, b)", "ARRAY", "ARRAY<>", "ARRAY<INT", "MAP<INT>",
            "STRUCT<INT>",
            "STRUCT<a>", "NULL", "VARCHAR()", "VARCHAR(x)", "BIGINT(KEY)", "ARRAY(INT)", "", "INT INT",
        ])
    func refused(_ text: String) {
        #expect(throws: Diagnostic.self) { try Parser.type(text) }
    }

    @Test("stand in column lists with their roles")
    func columns() throws {
        let columns = try Parser.columns(
            "id INT KEY, k STRING PRIMARY KEY, h ARRAY<BYTES> HEADERS, t BYTES HEADER('t')")
        #expect(columns.map(\.role) == [.key, .primaryKey, .headers, .header("t")])
        #expect(columns.map(\.name.text) == ["ID", "K", "H", "T"])
        #expect(
            try Parser.columns("key STRING, header INT, headers INT, primary INT").allSatisfy {
                $0.role == nil
            })
    }
}
