import Foundation
@testable import Simulation

/// The lines of a simulation, each with its arrival time, for the tests to look at.
struct SimulatedLines: Sendable {
    struct Line: Sendable {
        var arrival: Int64
        var bytes: [UInt8]
        /// How the simulator counted the line.
        var isMalformed: Bool
        var isDuplicate: Bool

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    var lines: [Line] = []
    var tally: SimulationTally
    var header: String

    init(_ configuration: SimulationConfiguration) throws {
        var simulation = try ShopSimulation(configuration: configuration)
        var buffer = LineBuffer()
        var before = simulation.tally
        let looksAtFaults = configuration.malformed > 0 || configuration.duplicates > 0
        while let arrival = simulation.nextArrival {
            buffer.clear()
            _ = simulation.append(upTo: 1, arrivingBefore: .max, to: &buffer)
            var bytes = buffer.withBytes { Array($0) }
            precondition(bytes.popLast() == 0x0A)
            let after = looksAtFaults ? simulation.tally : before
            lines.append(
                Line(
                    arrival: arrival, bytes: bytes, isMalformed: after.malformed > before.malformed,
                    isDuplicate: after.duplicates > before.duplicates))
            before = after
        }
        tally = simulation.tally
        header = String(decoding: simulation.fileHeader, as: UTF8.self)
    }

    /// The valid events, in arrival order, repeats left out.
    func events() throws -> [SimulatedEvent] {
        try lines.filter { !$0.isMalformed && !$0.isDuplicate }.map { try SimulatedEvent(json: $0.bytes) }
    }

    /// All bytes a simulation makes, in chunks of the given number of lines.
    static func bytes(_ configuration: SimulationConfiguration, chunk: Int = 1000) throws -> [UInt8] {
        var simulation = try ShopSimulation(configuration: configuration)
        var buffer = LineBuffer(capacity: 64)
        while simulation.append(upTo: chunk, arrivingBefore: .max, to: &buffer) > 0 {}
        return buffer.withBytes { Array($0) }
    }
}

/// Half an hour and more of a small shop.
func configuration(
    _ profile: ShopProfile = .medallion, events: Int, rate: Double = 20, seed: UInt64 = 42
) -> SimulationConfiguration {
    var configuration = SimulationConfiguration()
    configuration.profile = profile
    configuration.events = events
    configuration.rate = rate
    configuration.seed = seed
    return configuration
}
