/// A decompressor of members that follow each other.
protocol Decompressor: AnyObject {
    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressorStep
    /// Ending here is a proper end.
    var isBetweenMembers: Bool { get }
}
