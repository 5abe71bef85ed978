import Columnar

/// An aggregate function over state that somebody else holds.
///
/// A state is `stateBytes` bytes, aligned to 8; zero bytes are the initial state. It may be moved as bytes;
/// what it refers to lies in the blob heap, at `blobOffsets`. NULL arguments are ignored unless the
/// function says otherwise.
public protocol AggregateFunction: Sendable {
    var resultType: DataType { get }
    /// A multiple of 8.
    var stateBytes: Int { get }
    /// Where in the state the 8-byte references to blobs stand.
    var blobOffsets: [Int] { get }
    /// Whether `undo` takes rows out again, as a table's aggregate must.
    var supportsUndo: Bool { get }
    /// Whether the caller must hand in each distinct argument of a group only once. The set is the caller's;
    /// the state is the number of its values, an Int64.
    var countsDistinct: Bool { get }

    /// The function for states that are merged out of the order of their rows, as those of sessions are: it
    /// takes the number of each row, ascending, as one more BIGINT argument. nil when it needs none.
    var numbered: (any AggregateFunction)? { get }

    /// For each i in 0..<count: folds row `rows[i]` of the arguments into `states[i]`, in order.
    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap)

    /// Takes rows out that were folded in before. Only with `supportsUndo`.
    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap)

    /// Folds `source`, the state of a LATER stretch of rows, into `target`, the state of an earlier one, as
    /// if one state had seen both in this order. `source` keeps its blobs.
    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap)

    /// The results of `count` states, in order.
    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column
}

extension AggregateFunction {
    public var blobOffsets: [Int] { [] }
    public var supportsUndo: Bool { false }
    public var countsDistinct: Bool { false }
    public var numbered: (any AggregateFunction)? { nil }

    public func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        preconditionFailure("this aggregate function takes no rows out")
    }
}
