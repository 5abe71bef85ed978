import TestKit

/// One of the ways in which the same input is run; all must give the same answer.
struct Way: CustomStringConvertible {
    let description: String
    var threads = 1
    /// Bytes of a chunk; 1 puts every record into a chunk of its own.
    var chunkBytes = 1 << 20
    /// Bytes of an epoch; 1 makes every record an epoch.
    var epochBytes = 1 << 30
    /// After how many records of each source the task is stopped, and a new one goes on from its checkpoint.
    var restartAfter: [Int] = []

    var details: String {
        "\(threads) threads, chunks of \(chunkBytes), epochs of \(epochBytes), restarts after \(restartAfter)"
    }

    static let whole = Way(description: "whole")
    static let oneRowChunks = Way(description: "one-row chunks", chunkBytes: 1)
    static let threeThreads = Way(description: "three threads", threads: 3, chunkBytes: 150)

    /// A restart after each of `count` records, each an epoch of its own.
    static func restarting(_ count: Int) -> Way {
        Way(description: "restart at each barrier", epochBytes: 1, restartAfter: Array(1..<max(2, count)))
    }

    static func four(records: Int) -> [Way] { [whole, oneRowChunks, restarting(records), threeThreads] }

    /// Anything goes.
    static func random(records: Int, using random: inout SeededGenerator) -> Way {
        let stops = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            Int.random(in: 0...records, using: &random)
        }
        return Way(
            description: "random", threads: Int.random(in: 1...4, using: &random),
            chunkBytes: [1, 60, 300, 5_000, 1 << 20].randomElement(using: &random) ?? 1,
            epochBytes: [1, 500, 4_000, 1 << 30].randomElement(using: &random) ?? 1,
            restartAfter: stops.sorted())
    }
}
