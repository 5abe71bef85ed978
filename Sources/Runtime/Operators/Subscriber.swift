import Columnar
import Expressions
import Planning

/// Somebody in the process who watches a relation: a push query, a test, the page.
///
/// Called by the task's thread, in order, before the epoch is committed; must not block.
public protocol Subscriber: AnyObject, Sendable {
    /// What it reads beside the relation's columns, the bounds of windows and the event time.
    var pseudoColumns: Set<PseudoColumn> { get }
    func receive(_ rows: StreamRows)
    func receive(_ changes: ChangeBatch)
}

extension Subscriber {
    public var pseudoColumns: Set<PseudoColumn> { [] }
}
