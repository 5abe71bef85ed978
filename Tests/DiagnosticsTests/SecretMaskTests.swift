import Testing

@testable import Diagnostics

@Suite("Passwords in excerpts") struct SecretMaskTests {
    @Test(arguments: [
        (
            "'connection.url' = 'postgresql://app:s3cret@db/x',",
            "'connection.url' = 'postgresql://app:******@db/x',"
        ),
        ("'postgresql://app:s/c@db/x'", "'postgresql://app:***@db/x'"),
        ("'postgresql://app@db:5432/x'", "'postgresql://app@db:5432/x'"),
        ("'connection.Password' = 'abc', 'a' = 'b'", "'connection.Password' = '***', 'a' = 'b'"),
        ("\"connection.password\": \"abc\"", "\"connection.password\": \"***\""),
        ("'jdbc:postgresql://db/x?password=abc&ssl=true'", "'jdbc:postgresql://db/x?password=***&ssl=true'"),
        ("SET 'kafka.sasl.password' = 'abc';", "SET 'kafka.sasl.password' = '***';"),
        (
            "'kafka.sasl.oauthbearer.client.secret'='abc','kafka.ssl.key.pem' = 'd e'",
            "'kafka.sasl.oauthbearer.client.secret'='***','kafka.ssl.key.pem' = '***'"
        ),
        ("'connection.password' = '${env:PASS}'", "'connection.password' = '${env:PASS}'"),
        ("SELECT password FROM users", "SELECT password FROM users"),
        ("password =", "password ="), ("://", "://"), ("", ""),
    ])
    func areHiddenAndTheRestStays(line: String, shown: String) {
        #expect(SecretMask.masked(line) == shown)
    }

    @Test func aLocationHoldsNone() {
        let text = "A\n'connection.url' = 'postgresql://app:topsecret@db/x'"
        let location = SourceLocation(in: text, offset: 4, length: 3)
        #expect(location.sourceLine?.contains("topsecret") == false && location.column == 3)
    }
}
