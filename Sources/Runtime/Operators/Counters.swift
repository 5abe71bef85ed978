import Synchronization

/// Running totals of one operator or source, since the state directory was made.
///
/// Part of the checkpoint: a re-run epoch starts from the totals before it.
public final class Counters: Sendable {
    /// What is counted.
    public enum Kind: Int, CaseIterable, Sendable {
        case rows
        case late
        case duplicates
        case deadLetters
        case bytes

        public var name: String {
            switch self {
            case .rows: return "rows"
            case .late: return "late"
            case .duplicates: return "duplicates"
            case .deadLetters: return "dead_letters"
            case .bytes: return "bytes"
            }
        }
    }

    private let totals: Mutex<[Int64]>
    private let reasons = Mutex<[String: Int64]>([:])

    public init() { totals = Mutex([Int64](repeating: 0, count: Kind.allCases.count)) }

    func add(_ kind: Kind, _ amount: Int) {
        guard amount != 0 else { return }
        totals.withLock { $0[kind.rawValue] += Int64(amount) }
    }

    /// Counts dead letters by the code of what is wrong with them.
    func addDeadLetters(_ codes: some Sequence<String>) {
        var count = 0
        reasons.withLock { reasons in
            for code in codes {
                reasons[code, default: 0] += 1
                count += 1
            }
        }
        add(.deadLetters, count)
    }

    /// Dead letters by code, since the program began: no checkpoint has them, and an epoch that is done again
    /// counts again.
    public var deadLetterReasons: [String: Int64] { reasons.withLock { $0 } }

    public subscript(kind: Kind) -> Int64 { totals.withLock { $0[kind.rawValue] } }

    /// A total of those that a checkpoint has.
    static func count(_ kind: Kind, in totals: [Int64]) -> Int64 {
        kind.rawValue < totals.count ? totals[kind.rawValue] : 0
    }

    var snapshot: [Int64] { totals.withLock { $0 } }

    func restore(_ values: [Int64]) {
        totals.withLock { totals in
            for index in totals.indices { totals[index] = index < values.count ? values[index] : 0 }
        }
    }
}
