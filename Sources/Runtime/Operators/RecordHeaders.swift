import Columnar

/// The headers of the record that is at work, where records are taken one by one: as in Kafka Streams, all
/// that comes of a record passes them on, changes of tables included.
///
/// Belongs to the task's thread.
final class RecordHeaders: @unchecked Sendable {
    /// Of one row; nil when there are none, or many records are at work.
    var current: Column?

    /// The same for so many rows.
    func column(count: Int) -> Column? {
        current?.gather(Selection([Int32](repeating: 0, count: count)))
    }
}
