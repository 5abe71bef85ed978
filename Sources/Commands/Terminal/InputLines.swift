import Glibc

/// The lines of a descriptor as they come, byte for byte, without the line feed that ends each.
struct InputLines {
    private let descriptor: CInt
    private var block = [UInt8](repeating: 0, count: 64 << 10)
    private var pending: [UInt8] = []
    /// Where in `pending` the next line begins.
    private var start = 0
    /// Up to where `pending` has no line feed.
    private var searched = 0
    private var isAtEnd = false

    init(_ descriptor: CInt = STDIN_FILENO) { self.descriptor = descriptor }

    /// Waits for the next line; nil at the end, or when reading fails.
    mutating func next() -> [UInt8]? {
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    start = end + 1
                    searched = start
                }
                return Array(pending[start..<end])
            }
            searched = pending.count
            if isAtEnd {
                guard start < pending.count else { return nil }
                defer { start = pending.count }
                return Array(pending[start...])
            }
            fill()
        }
    }

    private mutating func fill() {
        pending.removeFirst(start)
        searched -= start
        start = 0
        var count = read(descriptor, &block, block.count)
        while count < 0, errno == EINTR { count = read(descriptor, &block, block.count) }
        if count > 0 { pending += block[..<count] } else { isAtEnd = true }
    }
}
