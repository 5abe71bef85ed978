import Glibc

/// Answers whoever opens a named pipe with a text that is made at that moment.
struct PipeServer {
    let path: String
    let text: @Sendable () -> String

    /// On a thread of its own, as long as the process lives.
    func start() {
        let box = Unmanaged.passRetained(Job(path: path, text: text))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().serve()
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Job: Sendable {
        let path: String
        let text: @Sendable () -> String

        init(path: String, text: @escaping @Sendable () -> String) {
            self.path = path
            self.text = text
        }

        func serve() {
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
                _ = PipeServer.write(text(), to: descriptor)
                close(descriptor)
            }
        }
    }

    /// All of the text; false where nobody takes it.
    static func write(_ text: String, to descriptor: CInt) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(
                    descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
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
