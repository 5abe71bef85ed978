import Diagnostics
import Glibc

/// A topic's name, or a POSIX extended regular expression that whole names match.
final class TopicPattern {
    private let name: String
    private var expression = regex_t()

    init(_ pattern: String) throws(Diagnostic) {
        name = pattern
        guard regcomp(&expression, "^(\(pattern))$", REG_EXTENDED | REG_NOSUB) == 0 else {
            throw Diagnostic(
                .invalidValue, "'\(pattern)' is no topic and no pattern for topics",
                expected: "a name or a regular expression, such as 'clicks_.*'")
        }
    }

    deinit { regfree(&expression) }

    func matches(_ topic: String) -> Bool {
        topic == name || regexec(&expression, topic, 0, nil, 0) == 0
    }
}
