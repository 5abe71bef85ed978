import Columnar

/// That an entry which may not be in memory expires at some time.
struct Timer: Equatable {
    let expiry: Int64
    let key: Fingerprint

    static func precedes(_ left: Timer, _ right: Timer) -> Bool {
        left.expiry != right.expiry ? left.expiry < right.expiry : Fingerprint.precedes(left.key, right.key)
    }
}
