import Testing

/// Broker and engine are killed between a simulator and Delta: each acknowledged record is there, once.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct ChainKillTests {
    /// Each is a run with one to three kills.
    private static let seeds = Place.isFull ? 200 : 1
    private static let atOnce = 10

    @Test(arguments: Array(stride(from: 0, to: seeds, by: atOnce)))
    func whatWasAcknowledgedIsInTheLakeOnce(first: Int) throws {
        let folder = try Place.folder("chain")
        let count = min(Self.atOnce, Self.seeds - first)
        // This one kills both at once.
        let start = Place.isFull ? first : 2
        try Oracle.expect("chain_kills.py", [folder, "\(start)", "\(count)"])
    }
}
