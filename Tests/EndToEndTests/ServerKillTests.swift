import Testing

/// A server that is killed while rows go in: each row that it has acknowledged is there, once, in all that
/// its queries have made of it.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct ServerKillTests {
    static let seeds = Array(0..<(Place.isFull ? 10 : 1))

    @Test(arguments: seeds) func whatWasAcknowledgedIsThereOnce(seed: Int) throws {
        let folder = try Place.folder("server")
        let kills = Place.isFull ? 20 : 4
        try Oracle.expect("server_kills.py", [Place.program, folder + "/data", "\(seed)", "\(kills)"])
    }
}
