import Diagnostics
import Testing

@testable import Postgres

@Suite("URLs of databases") struct AddressTests {
    @Test(arguments: [
        (
            "postgresql://app:s%40f:e@db:5433/shop?sslmode=verify-full",
            [
                "user": "app", "password": "s@f:e", "host": "db", "port": "5433", "dbname": "shop",
                "sslmode": "verify-full",
            ]
        ),
        ("postgres://db/shop", ["host": "db", "dbname": "shop"]),
        ("postgresql://[::1]:5432,b/x", ["host": "::1,b", "port": "5432,", "dbname": "x"]),
        ("postgresql:///shop?host=/run/pg", ["dbname": "shop", "host": "/run/pg"]),
        (
            "jdbc:postgresql://db:5432/shop?user=u&password=p&ssl=true&currentSchema=s&reWriteBatchedInserts=true",
            [
                "host": "db", "port": "5432", "dbname": "shop", "user": "u", "password": "p",
                "sslmode": "verify-full", "options": "-csearch_path=s",
            ]
        ),
        ("jdbc:postgresql:shop", ["host": "localhost", "dbname": "shop"]),
        (
            "jdbc:postgresql://db/shop?sslmode=require&ssl=true&socketTimeout=7&ApplicationName=a",
            [
                "host": "db", "dbname": "shop", "sslmode": "require", "tcp_user_timeout": "7000",
                "application_name": "a",
            ]
        ),
    ])
    func bothFormsAreRead(url: String, parameters: [String: String]) throws {
        #expect(try PostgresAddress(url).parameters == parameters)
    }

    @Test func propertiesWinOverTheURL() throws {
        let address = try PostgresAddress("postgresql://a:b@db/x", user: "c", password: "d")
        #expect(address.parameters["user"] == "c" && address.parameters["password"] == "d")
    }

    @Test(arguments: [
        "postgresql://app:topsecret@db:99999/x", "postgresql://app:topsecret@db/x?sslmodus=require",
        "postgresql://app:topsecret@db:port/x", "mysql://app:topsecret@db/x", "topsecret",
        "postgresql://app:topsecret%4@db/x",
    ])
    func whatIsWrongIsSaidWithoutThePassword(url: String) throws {
        let fault = #expect(throws: Diagnostic.self) { try PostgresAddress(url) }
        let text = try #require(fault).rendered()
        #expect(!text.contains("topsecret"), "\(text)")
    }

    @Test func theDescriptionHoldsNoPassword() throws {
        let address = try PostgresAddress("postgresql://app:topsecret@a:1,b:2/shop")
        #expect(address.description == "postgresql://app@a:1,b:2/shop")
    }

    @Test func aMisspeltParameterGetsASuggestion() throws {
        let fault = #expect(throws: Diagnostic.self) {
            try PostgresAddress("postgresql://db/x?sslmod=require")
        }
        #expect(fault?.hint == "did you mean 'sslmode'?")
    }

    @Test(arguments: [
        ("08006", ServerMessage.Kind.unavailable), ("53300", .unavailable), ("57P03", .unavailable),
        ("40001", .unavailable), ("40P01", .unavailable), ("55P03", .unavailable), ("25006", .unavailable),
        ("22003", .rejected), ("23505", .rejected), ("23514", .rejected), ("P0001", .rejected),
        ("22P03", .refused), ("42P01", .refused), ("42501", .refused), ("28P01", .refused),
        ("3D000", .refused), ("57P04", .refused),
    ])
    func aCodeTellsWhatToDoNext(code: String, kind: ServerMessage.Kind) {
        #expect(ServerMessage(sqlState: code, message: "").kind == kind)
    }

    @Test(
        arguments: [
            ("COPY events, line 7, column price: \"x\"", 6), ("COPY events, line 1", 0),
            ("SQL function f", nil),
        ] as [(String, Int?)])
    func theRowOfACopyIsAHint(context: String, row: Int?) {
        #expect(ServerMessage(sqlState: "22003", message: "", context: context).copiedRow == row)
    }

    @Test func namesOfTablesMayBeQuoted() {
        #expect(TableName("a.b") == TableName(schema: "a", name: "b"))
        #expect(TableName("\"a.b\"") == TableName(schema: nil, name: "a.b"))
        #expect(TableName("a.") == nil && TableName("") == nil && TableName("a.b.c") == nil)
        #expect(TableName(schema: "S", name: "q\"r").quoted == "\"S\".\"q\"\"r\"")
    }
}
