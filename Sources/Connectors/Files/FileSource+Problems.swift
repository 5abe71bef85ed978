import Diagnostics
import Runtime
import Storage

// What is wrong with a file becomes a range of its own, so that it is told exactly once.
extension FileSource {
    /// Hands out what is wrong with a file behind what was taken of it.
    func complain(_ file: TrackedFile, _ kind: FileRange.Kind, _ reason: Diagnostic, tail: [UInt8] = []) {
        if settings.failsOnError {
            if failure == nil { failure = reason }
            return
        }
        report(reason)
        let end = kind == .shrunk ? file.size : file.taken + tail.count
        var range = range(of: file, from: file.taken, to: end, consumed: file.consumed)
        let lost = file.compression == .none ? max(file.size - file.consumed, tail.count) : -1
        range.kind = kind
        range.problem = FileRange.Problem(reason, byteCount: kind == .shrunk ? 0 : lost)
        let handedOut = range.inputRange
        prepared[handedOut] = .torn(tail)
        problems.append(handedOut)
    }

    /// A file was cut behind the part that its fingerprint knows.
    func shrink(_ file: TrackedFile) {
        complain(file, .shrunk, FileProblem.shrunk(file.path, from: file.consumed, to: file.size))
        file.taken = file.size
        file.consumed = file.size
        file.searched = file.size
        file.reader = nil
        if let id = file.id { positionLog.note(id) }
    }

    /// A compressed file cannot be read on; it is tried again when it changes.
    func setAside(_ file: TrackedFile, _ problem: Diagnostic, tail: [UInt8]) {
        file.consumed = file.size
        complain(file, .damaged, problem, tail: tail)
        file.isSetAside = true
    }
}
