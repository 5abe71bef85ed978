/// The order in which the first records of a topic's partitions are handed out, when it is read for the first
/// time.
///
/// A partition that nobody has heard of yet holds no watermark back. If much of one partition came before the
/// first record of the next, that one's records would be late before they are read. So each gives one record
/// by turns, then two, four and so on: the first ones may be no use.
enum BeginningTurns {
    private static let count = 7

    static func order(of partitions: [Int]) -> [(partition: Int, records: Int)] {
        (0..<count).flatMap { turn in partitions.map { ($0, 1 << turn) } }
    }
}
