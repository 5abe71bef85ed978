import Formats

/// Users and their passwords, by HTTP's basic authentication.
public struct HTTPCredentials: Sendable {
    private let expected: [[UInt8]]

    public init(_ users: [String: String]) { expected = users.map { Array("\($0.key):\($0.value)".utf8) } }

    /// Whether an `Authorization` header names one of them; without users everybody is let in.
    public func admit(_ header: String?) -> Bool {
        if expected.isEmpty { return true }
        guard let header else { return false }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let given = Base64.bytes(of: parts[1].filter { $0 != " " })
        else { return false }
        // All are compared in full, so that the time tells nothing.
        return expected.reduce(false) { found, wanted in Self.isEqual(given, wanted) || found }
    }

    private static func isEqual(_ given: [UInt8], _ wanted: [UInt8]) -> Bool {
        var difference = given.count ^ wanted.count
        for index in wanted.indices {
            difference |= Int(wanted[index] ^ (index < given.count ? given[index] : 0))
        }
        return difference == 0
    }
}
