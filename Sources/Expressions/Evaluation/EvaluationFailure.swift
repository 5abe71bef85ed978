/// Why a value of a row could not be computed; it is NULL then.
public enum EvaluationFailure: Hashable, Sendable {
    case divisionByZero
    /// A result outside of its type's range.
    case overflow(of: String)
    /// Text or a number that the target type cannot hold.
    case invalidCast(to: String)
    /// A function refused its arguments.
    case function(String, reason: String)

    public var message: String {
        switch self {
        case .divisionByZero: return "division by zero"
        case .overflow(let type): return "value out of the range of \(type)"
        case .invalidCast(let type): return "value is no \(type)"
        case .function(let name, let reason): return "\(name): \(reason)"
        }
    }
}
