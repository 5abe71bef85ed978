import Glibc

/// The streams that clients read, looked after by a thread: a connection that sleeps does not notice that its
/// client has gone.
final class OpenStreams: @unchecked Sendable {
    private static let pauseMilliseconds: CInt = 500
    /// `POLLRDHUP` of Linux, which Swift does not import: the other side writes no more.
    private static let pollHangUp: Int16 = 0x2000

    private let mutex = HTTPLock()
    private let wake: (reading: CInt, writing: CInt)
    // Guarded by `mutex`.
    private var open: [ObjectIdentifier: (stream: HTTPStream, descriptor: CInt)] = [:]
    private var isStopping = false
    private var thread: pthread_t?

    init() {
        var ends: [CInt] = [-1, -1]
        _ = pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
    }

    deinit {
        close(wake.reading)
        close(wake.writing)
    }

    func add(_ stream: HTTPStream, _ descriptor: CInt) {
        mutex.withLock {
            open[ObjectIdentifier(stream)] = (stream, descriptor)
            guard thread == nil, !isStopping else { return }
            var made = pthread_t()
            let context = Unmanaged.passRetained(self).toOpaque()
            let failure = pthread_create(
                &made, nil,
                { context in
                    if let context { Unmanaged<OpenStreams>.fromOpaque(context).takeRetainedValue().watch() }
                    return nil
                }, context)
            if failure == 0 {
                thread = made
            } else {
                Unmanaged<OpenStreams>.fromOpaque(context).release()
            }
        }
    }

    /// The connection is over; its descriptor may be another's from now on.
    func remove(_ stream: HTTPStream) {
        mutex.withLock { _ = open.removeValue(forKey: ObjectIdentifier(stream)) }
    }

    func finishAll() {
        let all = mutex.withLock { open.values.map(\.stream) }
        for stream in all { stream.finish() }
    }

    /// Ends the thread. Comes before the server itself goes.
    func stop() {
        let thread = mutex.withLock { () -> pthread_t? in
            isStopping = true
            return self.thread
        }
        guard let thread else { return }
        var byte: UInt8 = 0
        _ = write(wake.writing, &byte, 1)
        pthread_join(thread, nil)
    }

    private func watch() {
        while true {
            var end = pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0)
            if poll(&end, 1, Self.pauseMilliseconds) > 0 { return }
            for stream in gone() { stream.abandon() }
        }
    }

    /// Under the lock: as long as a stream is in the list its descriptor is its own.
    private func gone() -> [HTTPStream] {
        mutex.withLock {
            let all = open.values.filter { $0.descriptor >= 0 }
            guard !all.isEmpty else { return [] }
            var polled = all.map { pollfd(fd: $0.descriptor, events: Self.pollHangUp, revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 0) > 0 else { return [] }
            let closed = Self.pollHangUp | Int16(POLLHUP) | Int16(POLLERR)
            return zip(all, polled).filter { $1.revents & closed != 0 }.map(\.0.stream)
        }
    }
}
