import Glibc

/// A pipe to itself: one thread waits on it, others and signal handlers end the wait.
final class WakePipe: Sendable {
    private let reading: CInt
    /// What a signal handler writes a byte to.
    let writing: CInt

    init() {
        var ends: [CInt] = [-1, -1]
        // Without it a wait only lasts to its time-out.
        if pipe(&ends) != 0 { ends = [-1, -1] }
        for end in ends where end >= 0 {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        if reading >= 0 { close(reading) }
        if writing >= 0 { close(writing) }
    }

    func wake() {
        let byte: [UInt8] = [1]
        _ = write(writing, byte, 1)
    }

    /// Waits until `wake`, a signal or the time-out, in milliseconds.
    func wait(milliseconds: Int) {
        var entry = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, CInt(clamping: max(0, milliseconds))) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reading, &bytes, bytes.count) == bytes.count {}
    }
}
