import Glibc

extension ByteBlock {
    /// Forgets the first bytes; what is behind them moves to the front.
    func removeFirst(_ size: Int) {
        let rest = count - size
        precondition(size >= 0 && rest >= 0, "no more can go than is there")
        if size > 0, rest > 0 {
            withBytes { bytes in
                guard let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
                memmove(base, base + size, rest)
            }
        }
        count = rest
    }
}
