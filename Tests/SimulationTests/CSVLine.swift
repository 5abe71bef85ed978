/// A line of CSV as RFC 4180 wants it read.
enum CSVLine {
    /// The fields; `nil` when quotes are not as they should be.
    static func fields(_ line: String) -> [String]? {
        let bytes = Array(line.utf8)
        var fields: [String] = []
        var index = 0
        while true {
            var field: [UInt8] = []
            if index < bytes.count, bytes[index] == quote {
                index += 1
                while true {
                    guard index < bytes.count else { return nil }
                    if bytes[index] == quote {
                        guard index + 1 < bytes.count, bytes[index + 1] == quote else { break }
                        index += 1
                    }
                    field.append(bytes[index])
                    index += 1
                }
                index += 1
                guard index == bytes.count || bytes[index] == comma else { return nil }
            } else {
                while index < bytes.count, bytes[index] != comma {
                    if bytes[index] == quote { return nil }
                    field.append(bytes[index])
                    index += 1
                }
            }
            fields.append(String(decoding: field, as: UTF8.self))
            if index == bytes.count { return fields }
            index += 1
        }
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
}
