import Foundation

/// How many seeds a property test tries: few by default, as many as MILLRACE_STATE_SEEDS says for a long run,
/// or the one in MILLRACE_STATE_SEED.
enum Seeds {
    static func range(_ count: UInt64) -> Range<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["MILLRACE_STATE_SEED"].flatMap(UInt64.init) { return seed..<seed + 1 }
        let set = environment["MILLRACE_STATE_SEEDS"].flatMap(UInt64.init)
        return 0..<(set ?? count)
    }
}
