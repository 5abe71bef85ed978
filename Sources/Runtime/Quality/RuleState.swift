import Planning
import Storage

/// What a rule remembers from one epoch to the next.
struct RuleState: Equatable {
    /// nil until it has been judged.
    var status: RuleStatus?
    /// The clock and epoch at which it got that status.
    var since: Int64 = 0
    var sinceEpoch: Int64 = 0
    /// Rows that are judged together with later ones.
    var checked: Int64 = 0
    var failing: Int64 = 0
    /// The newest event, or the time at which one came last, whatever the rule goes by; where there is none
    /// yet, the clock at which the rule began.
    var newest: Int64?
    var volume = VolumeHistory()
    /// What was measured last, for people.
    var finding = ""

    func encode(into encoder: inout BinaryEncoder) {
        encoder.add(UInt8(status.map { RuleStatus.allCases.firstIndex(of: $0) ?? 0 } ?? 255))
        encoder.add(since)
        encoder.add(sinceEpoch)
        encoder.add(checked)
        encoder.add(failing)
        encoder.add(newest != nil)
        encoder.add(newest ?? 0)
        volume.encode(into: &encoder)
        encoder.add(finding)
    }

    init() {}

    init(from decoder: inout BinaryDecoder) throws(BinaryDecoder.Failure) {
        let number = Int(try decoder.number(UInt8.self))
        let all = RuleStatus.allCases
        status = all.indices.contains(number) ? all[number] : nil
        since = try decoder.number(Int64.self)
        sinceEpoch = try decoder.number(Int64.self)
        checked = try decoder.number(Int64.self)
        failing = try decoder.number(Int64.self)
        let hasNewest = try decoder.flag()
        let value = try decoder.number(Int64.self)
        newest = hasNewest ? value : nil
        volume = try VolumeHistory(from: &decoder)
        finding = try decoder.text()
    }
}
