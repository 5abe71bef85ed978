import Diagnostics

/// Dead letters by reason, with the first examples of all.
struct DeadLetterTally: Sendable {
    struct Example: Sendable {
        let place: String
        let reason: String
        /// The record's beginning.
        let excerpt: String
    }

    private(set) var count = 0
    private(set) var byReason: [String: Int] = [:]
    private(set) var bySource: [String: Int] = [:]
    private(set) var examples: [Example] = []
    /// As the letters have it: ISO text.
    private(set) var first: String?
    private(set) var last: String?
    private let exampleLimit: Int

    init(exampleLimit: Int) { self.exampleLimit = exampleLimit }

    /// - Parameters:
    ///   - code: a stable word, or nil where the reason has to tell.
    ///   - raw: the record; only its beginning is looked at.
    mutating func add(
        source: String, offset: Int64?, code: String?, reason: String, time: String?,
        raw: some Collection<UInt8>
    ) {
        count += 1
        byReason[code ?? Self.code(of: reason), default: 0] += 1
        bySource[source, default: 0] += 1
        if let time {
            first = min(first ?? time, time)
            last = max(last ?? time, time)
        }
        guard examples.count < exampleLimit else { return }
        let head = String(decoding: raw.prefix(Self.excerptBytes), as: UTF8.self)
        examples.append(
            Example(
                place: offset.map { "\(source):\($0)" } ?? source, reason: reason,
                excerpt: DisplayWidth.visible(head) + (raw.count > Self.excerptBytes ? "…" : "")))
    }

    private static let excerptBytes = 120

    /// Reasons quote what they are about; the word in front, `wrong_type: column price …`, is what they
    /// share.
    static func code(of reason: String) -> String {
        guard let colon = reason.firstIndex(of: ":") else { return reason }
        let word = reason[..<colon]
        let isCode =
            !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
        return isCode ? String(word) : reason
    }
}
