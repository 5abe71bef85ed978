/// Rows of a bronze table that lie one behind the other in a row group: of one file of the source, of one
/// epoch, their offsets ascending.
struct BronzeRun: Hashable, Sendable {
    /// The data file, its row group, and the first row in it.
    var file: Int32
    var group: Int32
    var row: Int32
    var count: Int32
    /// Of the epoch that brought them, in milliseconds since the epoch of time; 0 where the table does not
    /// tell.
    var clock: Int64
    /// The source's file, by number.
    var source: Int32
    /// Offsets of the first and the last record.
    var first: Int64
    var last: Int64
}
