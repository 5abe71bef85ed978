import Columnar
import Expressions
import Planning

/// Somebody in the process who watches a relation: a push query, a test, the page.
///
/// Called by the task's thread, in order, before the epoch is committed; must not block.
public protocol Subscriber: AnyObject, Sendable {
    func receive(_ rows: StreamRows)
    func receive(_ changes: ChangeBatch)
}
