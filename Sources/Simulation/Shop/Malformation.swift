/// What is wrong with a malformed line; each kind breaks a rule that every reader of the shop checks.
enum Malformation: String, CaseIterable, Sendable {
    /// JSON that stops in the middle.
    case cutShort = "cut short"
    /// CSV with too few or too many fields.
    case wrongFieldCount = "wrong field count"
    /// Text, a list or a fraction where a price or a quantity belongs.
    case wrongType = "wrong type"
    /// No identifier of event, user, session or product, no type, or no time.
    case missingField = "missing field"
    /// An event type that is in no vocabulary.
    case unknownType = "unknown event type"
    case negativePrice = "negative price"
    /// 30 February, 25 o'clock, or no time at all.
    case impossibleDate = "impossible date"
    /// Bytes that are not UTF-8.
    case invalidUTF8 = "invalid UTF-8"

    static let inJSON: [Malformation] = allCases.filter { $0 != .wrongFieldCount }
    static let inCSV: [Malformation] = allCases.filter { $0 != .cutShort }

    static func all(in format: LineFormat) -> [Malformation] { format == .json ? inJSON : inCSV }

    var index: Int {
        switch self {
        case .cutShort: 0
        case .wrongFieldCount: 1
        case .wrongType: 2
        case .missingField: 3
        case .unknownType: 4
        case .negativePrice: 5
        case .impossibleDate: 6
        case .invalidUTF8: 7
        }
    }

    static let unknownTypes = ["heartbeat", "impression", "page_veiw", "logout", "wishlist_add", "unknown"]

    static let impossibleDates = [
        "2026-02-30T12:00:00.000Z", "2025-02-29T08:15:00.000Z", "2026-04-31T23:59:59.999Z",
        "2026-13-01T00:00:00.000Z", "2026-00-10T10:00:00.000Z", "2026-06-15T25:10:00.000Z",
        "2026-06-15T10:61:00.000Z", "not-a-date", "yesterday",
    ]

    /// Not UTF-8 in four ways: a byte that never occurs, a lone lead byte, a surrogate, an overlong form.
    static let invalidSequences: [[UInt8]] = [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0xAF]]
}
