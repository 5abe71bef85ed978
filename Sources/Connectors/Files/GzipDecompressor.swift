import CZlib

/// Inflates gzip members (RFC 1952), checking their checksums.
final class GzipDecompressor: Decompressor {
    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isBetweenMembers = true
    // Archives may be padded with zeros behind the last member.
    private var isInPadding = false
    private var hadMember = false
    private let setupFailure: String?

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for the gzip wrapper.
        let code = inflateInit2_(stream, 31, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        setupFailure = code == Z_OK ? nil : "zlib could not be started (\(code))"
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressorStep
    {
        var step = DecompressorStep()
        if let setupFailure {
            step.damage = setupFailure
            return step
        }
        if isBetweenMembers {
            guard let first = input.first else { return step }
            if isInPadding || (hadMember && first == 0) {
                isInPadding = true
                step.used = input.prefix { $0 == 0 }.count
                if step.used < input.count { step.damage = "there is something behind the last gzip member" }
                return step
            }
            inflateReset(stream)
            isBetweenMembers = false
        }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(truncatingIfNeeded: input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let code = inflate(stream, Z_NO_FLUSH)
        step.used = input.count - Int(stream.pointee.avail_in)
        step.made = Int(UInt32(clamping: output.count) - stream.pointee.avail_out)
        switch code {
        case Z_STREAM_END:
            isBetweenMembers = true
            hadMember = true
        case Z_OK, Z_BUF_ERROR: break
        case Z_NEED_DICT: step.damage = "the gzip data want a dictionary"
        default:
            step.damage = "the gzip data are damaged"
            if let message = stream.pointee.msg {
                step.damage = "the gzip data are damaged (\(String(cString: message)))"
            }
        }
        return step
    }
}
