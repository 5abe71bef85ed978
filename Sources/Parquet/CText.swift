import CParquet
import Glibc

/// The text that a C function left behind as its reason for failing; frees it.
func takeReason(_ error: UnsafeMutablePointer<CChar>?) -> String {
    guard let error else { return "no reason given" }
    defer { free(error) }
    return String(cString: error)
}

/// A copy of `text` that `free` releases.
func copiedText(_ text: String) -> UnsafeMutablePointer<CChar> {
    guard let copy = strdup(text) else { preconditionFailure("out of memory") }
    return copy
}
