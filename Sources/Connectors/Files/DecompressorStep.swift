/// What one step of a decompressor did.
struct DecompressorStep {
    /// Bytes of input taken.
    var used = 0
    /// Bytes of output made.
    var made = 0
    /// Why it cannot go on.
    var damage: String?
}
