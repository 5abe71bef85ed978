import Foundation

/// How many seeds a property test tries: few by default, as many as MILLRACE_STATE_SEEDS says for a long run.
enum Seeds {
    static func range(_ count: UInt64) -> Range<UInt64> {
        let set = ProcessInfo.processInfo.environment["MILLRACE_STATE_SEEDS"].flatMap(UInt64.init)
        return 0..<(set ?? count)
    }
}
