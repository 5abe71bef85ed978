import Glibc
import Runtime

/// Answers whoever opens a named pipe with a text that is made at that moment.
struct PipeServer: Sendable {
    let path: String
    let text: @Sendable () -> String

    /// On a thread of its own, as long as the process lives.
    func start() { WorkerPool(threads: 2).enqueue(bytes: 0) { serve() } }

    private func serve() {
        while true {
            // Waits for a reader.
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            if descriptor < 0 {
                if errno == EINTR { continue }
                return
            }
            // Whoever comes next gets a pipe of its own: as long as this reader has not seen the end, it
            // would be taken for the next one.
            unlink(path)
            mkfifo(path, 0o600)
            _ = Self.write(text(), to: descriptor)
            close(descriptor)
        }
    }

    /// All of the text; false where nobody takes it.
    static func write(_ text: String, to descriptor: CInt) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let rest = bytes.baseAddress.map { $0 + written }
                let count = Glibc.write(descriptor, rest, bytes.count - written)
                if count > 0 {
                    written += count
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
