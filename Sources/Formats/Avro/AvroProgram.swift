import Columnar

/// How the values of one writer's schema go into columns; made once for each schema.
final class AvroProgram {
    let steps: UnsafeMutablePointer<AvroStep>
    /// Steps, members and texts that steps name.
    let children: UnsafeMutablePointer<Int32>
    let constants: [Value]
    let texts: [[UInt8]]
    /// Views of texts of at most twelve bytes.
    let views: [StringView?]
    /// Pairs of a step and the field that it fills.
    let first: Int32
    let count: Int32
    /// For messages: the column that a step fills.
    let columns: [Int32: String]

    init(
        steps: [AvroStep], children: [Int32], constants: [Value], texts: [String],
        columns: [Int32: String], root: Range<Int32>
    ) {
        self.steps = .allocate(capacity: max(1, steps.count))
        self.steps.initialize(from: steps, count: steps.count)
        self.children = .allocate(capacity: max(1, children.count))
        self.children.initialize(from: children, count: children.count)
        self.constants = constants
        self.texts = texts.map { Array($0.utf8) }
        views = texts.map { StringView(literal: $0) }
        self.columns = columns
        first = root.lowerBound
        count = root.upperBound - root.lowerBound
    }

    deinit {
        steps.deallocate()
        children.deallocate()
    }
}
