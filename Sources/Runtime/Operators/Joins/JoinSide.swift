/// Which of a join's two inputs.
enum JoinSide: Int, CaseIterable, Sendable {
    case left
    case right

    var other: JoinSide { self == .left ? .right : .left }
}
