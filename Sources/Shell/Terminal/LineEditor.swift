import CEdit
import Diagnostics
import Glibc

/// A line editor at the terminal, with history and completion. For one thread.
final class LineEditor {
    enum Input {
        /// Without its line end.
        case line(String)
        /// Ctrl-C: the line is gone.
        case interrupted
        /// Ctrl-D on an empty line, or the terminal is gone.
        case end
    }

    /// What a completion does to the line.
    enum Completed {
        case nothing
        /// Takes so many characters away before the cursor and puts the text there.
        case replace(erased: Int, with: String)
        /// Writes these lines below, and then the line again.
        case show([String])
    }

    private var editor: OpaquePointer?
    /// Asked with the line and the cursor's place in it, in bytes.
    private let completing: (String, Int) -> Completed

    private static let historySize = 2000

    /// - Throws: when there is no terminal that it could use.
    init(completing: @escaping (String, Int) -> Completed) throws(Diagnostic) {
        self.completing = completing
        var failure = [CChar](repeating: 0, count: 256)
        var calls = millrace_editor_calls()
        // Not retained: the editor goes before this object does.
        calls.context = Unmanaged.passUnretained(self).toOpaque()
        calls.wait = { _ in LineEditor.wait() }
        calls.complete = { context, line, count, cursor in
            guard let context, let line else { return CInt(millrace_editor_nothing) }
            let bytes = UnsafeRawBufferPointer(start: line, count: count)
            let editor = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
            return editor.complete(String(decoding: bytes, as: UTF8.self), cursor)
        }
        editor = millrace_editor_open("millrace", CInt(Self.historySize), calls, &failure)
        guard editor != nil else {
            let reason = failure.withUnsafeBytes { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw Diagnostic(
                .io, "lines can't be edited here: \(reason)",
                hint: "give statements with -e, with -f, or on standard input")
        }
    }

    deinit { close() }

    /// Puts the terminal back as it was.
    func close() {
        millrace_editor_close(editor)
        editor = nil
    }

    /// - Parameter prompt: what stands between two bytes 1 takes no room.
    func line(prompt: String) -> Input {
        Interrupts.forget()
        guard let editor, let line = millrace_editor_line(editor, prompt) else {
            if Interrupts.isEnding || !Interrupts.isInterrupted { return .end }
            return .interrupted
        }
        var text = String(cString: line)
        while text.utf8.last == 0x0A || text.utf8.last == 0x0D { text.unicodeScalars.removeLast() }
        return .line(text)
    }

    func remember(_ entry: String) { millrace_editor_remember(editor, entry) }

    private func complete(_ line: String, _ cursor: Int) -> CInt {
        switch completing(line, cursor) {
        case .nothing: return CInt(millrace_editor_nothing)
        case .replace(let erased, let text):
            if erased > 0 { millrace_editor_erase(editor, CInt(erased)) }
            millrace_editor_insert(editor, text)
            return CInt(millrace_editor_changed)
        case .show(let lines):
            millrace_editor_write(editor, "\n" + lines.map { $0 + "\n" }.joined())
            return CInt(millrace_editor_wrote)
        }
    }

    /// Waits for a key or a signal.
    private static func wait() -> CInt {
        while true {
            if Interrupts.isInterrupted { return CInt(millrace_editor_interrupted) }
            if Interrupts.takeResize() { return CInt(millrace_editor_resized) }
            var entries = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: Interrupts.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&entries, 2, -1)
            if entries[1].revents != 0 { Interrupts.drain() }
            if !Interrupts.isInterrupted, entries[0].revents != 0 { return CInt(millrace_editor_ready) }
        }
    }
}
