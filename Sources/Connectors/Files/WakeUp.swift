import Glibc

/// Ends a wait from any thread: a pipe that becomes readable.
final class WakeUp: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without a pipe (no descriptors left) a wait merely lasts its whole time.
        _ = pipe(&ends)
        for end in ends where end >= 0 {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        if readEnd >= 0 { close(readEnd) }
        if writeEnd >= 0 { close(writeEnd) }
    }

    func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(writeEnd, &byte, 1)
    }

    /// What ended a wait.
    enum Cause { case woken, readable, timeout }

    /// Waits until `descriptor` (-1 for none) is readable, `wake` is called or the time is up.
    func wait(for descriptor: Int32, milliseconds: Int) -> Cause {
        var entries = [
            pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = Glibc.poll(&entries, 2, Int32(clamping: max(milliseconds, 0)))
        guard count > 0 else { return .timeout }
        if entries[0].revents != 0 {
            var scratch = [UInt8](repeating: 0, count: 256)
            while read(readEnd, &scratch, scratch.count) > 0 {}
            return .woken
        }
        return .readable
    }
}
