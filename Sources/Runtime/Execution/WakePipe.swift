import Glibc

/// A pipe to itself: one thread waits on it, any other thread or a signal handler ends the wait.
public final class WakePipe: Sendable {
    private let reading: CInt
    /// What a signal handler writes a byte to.
    public let writing: CInt

    public init() {
        var ends: [CInt] = [-1, -1]
        // Without a pipe (no descriptors left) a wait merely lasts its whole time.
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

    public func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(writing, &byte, 1)
    }

    /// What ended a wait.
    public enum Cause: Sendable { case woken, readable, timeout }

    /// Waits until `wake` is called, `descriptor` (-1: none) is readable, a signal comes or the time is up.
    @discardableResult
    public func wait(for descriptor: CInt = -1, milliseconds: Int) -> Cause {
        var entries = [
            pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&entries, 2, CInt(clamping: max(0, milliseconds)))
        guard count > 0 else { return .timeout }
        guard entries[0].revents != 0 else { return .readable }
        var scratch = [UInt8](repeating: 0, count: 256)
        while read(reading, &scratch, scratch.count) > 0 {}
        return .woken
    }
}
