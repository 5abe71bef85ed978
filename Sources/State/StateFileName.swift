/// The names of the files in a task's state directory.
enum StateFileName: Equatable {
    /// What an epoch changed, and the manifest of the state at its end.
    case epoch(Int)
    /// What was in several files.
    case merge(Int)
    /// Begun and not finished.
    case temporary(Int)

    private static let suffix = ".state"

    var text: String {
        switch self {
        case .epoch(let number): return "epoch-\(number)\(StateFileName.suffix)"
        case .merge(let number): return "merge-\(number)\(StateFileName.suffix)"
        case .temporary(let number): return "open-\(number)\(StateFileName.suffix).tmp"
        }
    }

    /// nil for a file that is not the state's.
    init?(_ name: String) {
        if name.hasSuffix(StateFileName.suffix + ".tmp") {
            self = .temporary(0)
            return
        }
        guard name.hasSuffix(StateFileName.suffix) else { return nil }
        let stem = name.dropLast(StateFileName.suffix.count)
        if stem.hasPrefix("epoch-"), let number = Int(stem.dropFirst(6)) {
            self = .epoch(number)
        } else if stem.hasPrefix("merge-"), let number = Int(stem.dropFirst(6)) {
            self = .merge(number)
        } else {
            return nil
        }
    }
}
