import Diagnostics

/// How a line is written: one JSON object, or comma-separated values (RFC 4180) under a header line.
public enum LineFormat: String, CaseIterable, Sendable {
    case json
    case csv

    /// The value `text` as this format writes it, quoted where it must be.
    func encoded(_ text: String) -> [UInt8] {
        switch self {
        case .json: return Array(JSONText.quoted(text).utf8)
        case .csv:
            guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else {
                return Array(text.utf8)
            }
            var quoted: [UInt8] = [0x22]
            for byte in text.utf8 {
                if byte == 0x22 { quoted.append(0x22) }
                quoted.append(byte)
            }
            return quoted + [0x22]
        }
    }

    /// What stands for a value that is not there.
    var absent: [UInt8] { self == .json ? Array("null".utf8) : [] }
}
