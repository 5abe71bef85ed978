import Foundation

/// Byte vectors of the protocol from independent clients; tests skip without them.
enum TestData {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"] {
            return URL(filePath: path).appending(path: "kafka")
        }
        return URL(filePath: #filePath).appending(path: "../../../../shared/testdata/kafka").standardized
    }()

    static let isThere = FileManager.default.fileExists(atPath: folder.path)
    static let missing = "the folder testdata/kafka is not there"

    /// How many times more seeds the slow tests take with MILLRACE_FULL=1.
    static let effort: UInt64 = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1" ? 20 : 1

    static func entries(_ name: String) throws -> [[String: Any]] {
        let data = try Data(contentsOf: folder.appending(path: name))
        return try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
    }

    static func bytes(hex: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex.utf8 {
            let value =
                digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}

extension [UInt8] {
    var hex: String { map { String(format: "%02x", $0) }.joined() }
}
