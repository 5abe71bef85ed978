/// Which version of a subject is meant.
public enum VersionNumber: Hashable, Sendable {
    case latest
    case number(Int)

    /// Reads `latest`, `-1` or a number from 1 on; nil for anything else.
    public init?(_ text: String) {
        if text == "latest" || text == "-1" {
            self = .latest
            return
        }
        guard let number = Int32(text), number > 0 else { return nil }
        self = .number(Int(number))
    }
}
