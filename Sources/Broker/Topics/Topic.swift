/// What the catalogue knows of a topic.
struct Topic: Equatable, Sendable {
    let name: String
    /// Another one for each topic that ever had the name.
    let identifier: Identifier
    var partitionCount: Int
    var configuration: TopicConfiguration
    /// Writers of the process by name, each with its producer id in all logs of the topic.
    var writers: [String: Int64] = [:]

    /// Letters, digits, `.`, `_` and `-`, 249 at most, as Kafka has it.
    static func reasonAgainst(name: String) -> String? {
        if name.isEmpty { return "it is empty" }
        if name == "." || name == ".." { return "it is '.' or '..'" }
        if name.utf8.count > 249 { return "it is longer than 249 characters" }
        let isAllowed = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isAllowed ? nil : "it has characters other than letters, digits, '.', '_' and '-'"
    }
}
