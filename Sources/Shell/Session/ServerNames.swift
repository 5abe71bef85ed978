import Diagnostics
import Expressions
import Formats

/// What there is on a server to be named in statements; asked when it is first wanted, and again when a
/// statement has changed it.
///
/// A server that does not answer has no names: completion never fails.
final class ServerNames {
    private let client: ServerClient
    private var lists: [String: [String]] = [:]
    private var columns: [String: [String]] = [:]

    /// A person waits for them with a finger on Tab.
    private static let timeout = 1500

    init(_ client: ServerClient) { self.client = client }

    /// Ask again.
    func forget() {
        lists = [:]
        columns = [:]
    }

    var sources: [String] {
        list("sources") {
            names("SHOW STREAMS;", "streams", "name") + names("SHOW TABLES;", "tables", "name")
        }
    }

    var topics: [String] { list("topics") { names("SHOW TOPICS;", "topics", "name") } }
    var queries: [String] { list("queries") { names("SHOW QUERIES;", "queries", "id") } }
    var connectors: [String] { list("connectors") { names("SHOW CONNECTORS;", "connectors", "name") } }

    /// The server's, and where it names none those of this program.
    var functions: [String] {
        list("functions") {
            let told = names("SHOW FUNCTIONS;", "functions", "name")
            return told.isEmpty
                ? ScalarFunctions.names + AggregateFunctions.names + TableFunctions.names : told
        }
    }

    func columns(of source: String) -> [String] {
        if let known = columns[source] { return known }
        guard sources.contains(where: { $0 == source }) else { return [] }
        let entity = ask("DESCRIBE \(Self.quoted(source));")?["sourceDescription"]
        let found = (entity?["fields"]?.array ?? []).compactMap { $0["name"]?.string }
        columns[source] = found
        return found
    }

    /// In backquotes where the plain word would mean another name.
    static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
            byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte)
                || index > 0 && (0x30...0x39).contains(byte)
        }
        if isPlain, !name.isEmpty { return name }
        return "`" + name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``")
            + "`"
    }

    private func list(_ kind: String, _ ask: () -> [String]) -> [String] {
        if let known = lists[kind] { return known }
        let found = Array(Set(ask())).sorted()
        lists[kind] = found
        return found
    }

    private func names(_ statement: String, _ list: String, _ member: String) -> [String] {
        (ask(statement)?[list]?.array ?? []).compactMap { $0[member]?.string }
    }

    private func ask(_ statement: String) -> JSONValue? {
        try? client.execute(statement, RequestSettings(), timeout: Self.timeout).first
    }
}
