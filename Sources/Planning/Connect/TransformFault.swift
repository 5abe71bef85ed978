/// Why a transform can't be applied to a topic's records.
struct TransformFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
