import CZstd

/// Decompresses zstd frames (RFC 8878), checking their checksums; skippable frames are skipped.
final class ZstandardDecompressor: Decompressor {
    private let stream: OpaquePointer?
    private(set) var isBetweenMembers = true

    init() { stream = ZSTD_createDStream() }

    deinit { ZSTD_freeDStream(stream) }

    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressorStep
    {
        guard let stream else { return DecompressorStep(damage: "zstd could not be started") }
        if isBetweenMembers, input.isEmpty { return DecompressorStep() }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let code = ZSTD_decompressStream(stream, &target, &source)
        var step = DecompressorStep(used: source.pos, made: target.pos)
        if ZSTD_isError(code) != 0 {
            step.damage =
                "the zstd data are damaged (\(String(cString: ZSTD_getErrorName(code)).lowercased()))"
        } else {
            isBetweenMembers = code == 0
        }
        return step
    }
}
