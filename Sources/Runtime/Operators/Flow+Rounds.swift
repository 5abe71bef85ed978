import Diagnostics
import State

extension Flow {
    /// Runs loaders of one relation's source in rounds of as many chunks as there are slots. All rows of a
    /// round see one clock: their own, or the one that is given.
    ///
    /// - Parameter ended: is told of each round, with the clock that its rows brought along.
    func run(
        _ loaders: [ChunkLoader], of relation: String, clock: Int64, _ ended: (RoundResult, Int64?) -> Void
    ) throws(Diagnostic) {
        guard let scan = scans.firstIndex(where: { $0.relation.name == relation }) else { return }
        var start = 0
        while start < loaders.count {
            let own = loaders[start].clock
            var end = start + 1
            while end < loaders.count, end - start < slots.count, loaders[end].clock == own { end += 1 }
            let round: RoundResult
            do throws(StateError) {
                round = try run(Array(loaders[start..<end]), of: scan, clock: own ?? clock)
            } catch {
                throw Diagnostic(.state, error.message, hint: error.hint)
            }
            if let failure = round.failures.first { throw failure }
            ended(round, own)
            start = end
        }
    }
}
