import Storage

/// Paths of data files: a URI in the log, a plain name in the store.
enum FilePath {
    /// A store's name as the log writes it: everything but plain characters as `%XX`.
    static func encoded(_ name: String) -> String {
        var result: [UInt8] = []
        let hex = Array("0123456789ABCDEF".utf8)
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."),
                UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: ","),
                UInt8(ascii: "@"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The text that a path of the log stands for; a `%` without two digits stands for itself.
    static func decoded(_ path: String) -> String {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
        let bytes = Array(path.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
            {
                result.append(UInt8(high << 4 | low))
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether the path of the log names a place of its own rather than one below the table.
    static func isAbsolute(_ path: String) -> Bool {
        if path.utf8.first == UInt8(ascii: "/") { return true }
        guard let colon = path.utf8.firstIndex(of: UInt8(ascii: ":")), colon != path.startIndex else {
            return false
        }
        return path.utf8[..<colon].allSatisfy { byte in
            byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
                || byte >= 48 && byte <= 57 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        }
    }

    /// The name in a store at `location`; nil for a path outside of it.
    static func name(of path: String, in location: String) -> String? {
        guard isAbsolute(path) else { return decoded(path) }
        var text = decoded(path)
        for scheme in ["file://", "file:"] where text.hasPrefix(scheme) {
            text.removeFirst(scheme.count)
            break
        }
        let place = location.hasPrefix("/") ? location : Path.join(WorkingDirectory.path, location)
        let root = place.hasSuffix("/") ? place : place + "/"
        return text.hasPrefix(root) ? String(text.dropFirst(root.count)) : nil
    }
}
