import Glibc

/// What the system knows of this process.
struct ProcessFigures {
    let residentBytes: Int
    let processorSeconds: Double
    let openFiles: Int

    init() {
        residentBytes = Self.residentPages() * Int(sysconf(Int32(_SC_PAGESIZE)))
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let spent = [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) * 1e-6 }
        processorSeconds = spent.reduce(0, +)
        openFiles = Self.count(of: "/proc/self/fd")
    }

    /// The second number of `/proc/self/statm`.
    private static func residentPages() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let numbers = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
    }

    private static func count(of folder: String) -> Int {
        guard let stream = opendir(folder) else { return 0 }
        defer { closedir(stream) }
        // Itself, its parent, and the folder that is open for counting.
        var count = -3
        while readdir(stream) != nil { count += 1 }
        return max(0, count)
    }
}
