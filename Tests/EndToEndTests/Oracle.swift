import Foundation
import Testing

/// The programs in `Tests/Oracle`, which share no code with Millrace, and their input.
enum Oracle {
    /// Sizes of input, in events.
    enum Size: String, CaseIterable {
        case small = "1k"
        case medium = "100k"
        case large = "1m"
        case huge = "10m"

        static let tested: [Size] = Place.isFull ? [.medium, .large, .huge] : [.medium]
        /// Seconds that a run may take on a machine that has other things to do.
        var limit: Double { self == .huge ? 1800 : 600 }
    }

    private static let making = NSLock()

    /// The directory with so many events, made when it is not there.
    static func data(_ size: Size, flush: Bool = false) throws -> String {
        // Tests run side by side; the input is made once.
        try making.withLock {
            let ended = try RunningProgram([Place.package + "/Tests/Oracle/make_data.sh", size.rawValue])
                .wait(limit: 600)
            guard ended.exitCode == 0 else { throw RunningProgram.Failure(description: ended.errors) }
        }
        return Place.package + "/.deps/data/w1_" + size.rawValue + (flush ? "_flush" : "")
    }

    /// Files of a directory in the order in which the file source reads them.
    static func files(_ directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map { directory + "/" + $0 }
    }

    /// Runs a checker; all that it prints is in the failure if it finds something.
    static func expect(
        _ checker: String, _ arguments: [String], _ what: String = "", limit: Double = 600
    ) throws {
        let words = [Place.python, Place.package + "/Tests/Oracle/" + checker] + arguments
        let ended = try RunningProgram(words).wait(limit: limit)
        #expect(ended.exitCode == 0, "\(what)\n\(checker) says:\n\(ended.output.suffix(4000))\(ended.errors)")
    }

    /// delta-rs and ClickHouse can read every version of every table, and find no key twice in any.
    static func expectEveryVersionReadable(_ shop: Shop, _ what: String) throws {
        let tables = [
            "bronze/events", "bronze/dead_letters", "silver/events:event_id",
            "gold/anomalies:window_start,user_id", "gold/revenue:window_start,product_id",
            "gold/conversion:window_start,session_id", "gold/sales_metrics:event_date,category",
            "gold/user_engagement:event_date", "gold/traffic_analysis:event_date,event_hour,device_type",
        ]
        try expect("every_version.py", tables.map { shop.lake + "/" + $0 } + ["--quiet"], what)
    }

    static func expectEqual(_ lake: String, _ other: String, _ what: String, flags: [String] = []) throws {
        try expect("compare_lakes.py", [lake, other] + flags, what)
    }
}
