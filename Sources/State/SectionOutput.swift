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

/// A section that was put together while others were, on another thread.
final class SectionDraft: SectionOutput {
    private let buffer = ByteBuffer(capacity: 16 << 10)

    var offset: Int { buffer.count }

    var bytes: UnsafeRawBufferPointer { buffer.bytes }

    func append(_ bytes: UnsafeRawBufferPointer) throws(StateError) {
        if let start = bytes.baseAddress { buffer.append(start, bytes.count) }
    }
}
