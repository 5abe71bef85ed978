/// A section that was put together and has no place in a file yet.
struct SectionDraft {
    var info: SectionInfo
    let bytes: ByteBuffer
    /// Of an ordered section: what look-ups need.
    let index: SectionIndex?
}

/// What is in memory of a section in which single records are looked for.
struct SectionIndex {
    /// The first key of each block and where it is, then the same of timer blocks.
    let blocks: ByteBuffer
    let filter: KeyFilter
}

/// Where a section's bytes go: into a file, or into memory until it is their turn.
protocol SectionOutput: AnyObject {
    /// Where the next byte goes.
    var offset: Int { get }
    func append(_ bytes: UnsafeRawBufferPointer) throws(StateError)
}

extension SectionOutput {
    func append(_ bytes: [UInt8]) throws(StateError) {
        var failure: StateError?
        bytes.withUnsafeBytes { raw in
            do throws(StateError) { try append(raw) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

extension ByteBuffer: SectionOutput {
    var offset: Int { count }

    func append(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { append(start, bytes.count) }
    }
}
