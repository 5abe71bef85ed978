import Diagnostics

/// Where files appear, each whole and at once.
///
/// ```
/// begin ─► write* ─► publish(name) ─ true ─► done
///   ▲                  └──────────── false: the name is taken, publish again under another
///   └── discard: as if begin had not been called
/// ```
/// One file is open at a time. A published file is complete and outlives a crash of the machine.
public protocol OutputDirectory: AnyObject {
    /// Opens a new, hidden file.
    func begin() throws(Diagnostic)

    /// Adds bytes to the open file.
    func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic)

    /// Gives the open file its name; `false`, changing nothing, when the name is taken.
    func publish(as name: String) throws(Diagnostic) -> Bool

    /// Throws the open file away, if there is one.
    func discard()
}
