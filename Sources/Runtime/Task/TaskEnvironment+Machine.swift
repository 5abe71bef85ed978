import Glibc
import Storage

extension TaskEnvironment {
    /// This machine's files, clocks and random bits.
    public static func machine(_ fileSystem: any FileSystem) -> TaskEnvironment {
        TaskEnvironment(
            fileSystem: fileSystem,
            clock: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
            },
            monotonic: {
                var time = timespec()
                clock_gettime(CLOCK_MONOTONIC, &time)
                return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
            }, entropy: { UInt64.random(in: .min ... .max) })
    }
}
