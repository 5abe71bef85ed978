/// Hides passwords in a line of text before people see it in an error or a log.
///
/// `postgresql://app:secret@db` becomes `postgresql://app:******@db`, `'connection.password' = 'secret'`
/// and `password=secret` likewise; `${…}`, which names a place and is no secret, stays. The line keeps its
/// length, so that carets stand where they stood.
public enum SecretMask {
    public static func masked(_ line: String) -> String {
        var characters = Array(line)
        maskURLs(&characters)
        maskProperties(&characters)
        return String(characters)
    }

    /// Between the user's colon and the `@` of a URL.
    private static func maskURLs(_ line: inout [Character]) {
        for start in places(of: "://", in: line) {
            let end =
                line[start...].firstIndex { $0 == "/" || $0 == "'" || $0 == " " || $0 == "?" } ?? line.count
            guard let at = line[start..<end].lastIndex(of: "@"),
                let colon = line[start..<at].firstIndex(of: ":")
            else {
                // A password may hold a slash that should be percent-encoded.
                let quote = line[start...].firstIndex { $0 == "'" || $0 == " " } ?? line.count
                if let at = line[start..<quote].lastIndex(of: "@"),
                    let colon = line[start..<at].firstIndex(of: ":")
                {
                    hide(colon + 1..<at, in: &line)
                }
                continue
            }
            hide(colon + 1..<at, in: &line)
        }
    }

    /// How names of what nobody may see end.
    private static let names = ["password", "client.secret", "key.pem", "auth.user.info", "auth.token"]

    /// What is assigned to such a name.
    private static func maskProperties(_ line: inout [Character]) {
        for place in names.flatMap({ places(of: $0, in: line) }) {
            var index = place
            if index < line.count, line[index] == "'" || line[index] == "\"" { index += 1 }
            while index < line.count, line[index] == " " { index += 1 }
            guard index < line.count, line[index] == "=" || line[index] == ":" else { continue }
            index += 1
            while index < line.count, line[index] == " " { index += 1 }
            let isQuoted = index < line.count && (line[index] == "'" || line[index] == "\"")
            if isQuoted { index += 1 }
            let end =
                line[index...].firstIndex {
                    isQuoted ? $0 == "'" || $0 == "\"" : $0 == "&" || $0 == "'" || $0 == "\"" || $0 == " "
                } ?? line.count
            hide(index..<end, in: &line)
        }
    }

    private static func hide(_ range: Range<Int>, in line: inout [Character]) {
        if line[range].starts(with: "${") { return }
        for index in range { line[index] = "*" }
    }

    /// Where the text behind each occurrence begins, case ignored.
    private static func places(of word: String, in line: [Character]) -> [Int] {
        let wanted = Array(word)
        guard line.count >= wanted.count else { return [] }
        return (0...line.count - wanted.count).filter { start in
            wanted.indices.allSatisfy { Self.lower(line[start + $0]) == wanted[$0] }
        }.map { $0 + wanted.count }
    }

    private static func lower(_ character: Character) -> Character {
        guard let value = character.asciiValue, (65...90).contains(value) else { return character }
        return Character(Unicode.Scalar(value | 0x20))
    }
}
