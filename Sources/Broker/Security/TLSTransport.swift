import CTLS

/// The bytes of a connection, in TLS. Under the lock of its connection.
final class TLSTransport: Transport {
    private let tls: OpaquePointer
    private var isEnded = false
    private var readNeedsWritable = false

    /// nil without memory.
    init?(_ descriptor: CInt, _ server: TLSServer) {
        guard let made = server.accept(descriptor) else { return nil }
        tls = made
        super.init(descriptor)
    }

    override var needsWritable: Bool { readNeedsWritable }

    override var peerName: String? {
        guard !isEnded else { return nil }
        var name = [CChar](repeating: 0, count: 256)
        guard millrace_tls_peer(tls, &name, name.count) != 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    override func read(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        guard !isEnded else { return .ended }
        let count = millrace_tls_read(tls, room.baseAddress, room.count)
        readNeedsWritable = count == Int(MILLRACE_TLS_AGAIN_WRITABLE)
        return TLSTransport.transfer(count)
    }

    override func write(_ pieces: ArraySlice<[UInt8]>, from start: Int) -> Transfer {
        guard !isEnded, let first = pieces.first else { return .ended }
        // Small pieces go into one record of TLS.
        var bytes = first
        var begin = start
        if first.count - start < TLSTransport.recordByteCount, pieces.count > 1 {
            bytes = Array(first[start...])
            begin = 0
            for piece in pieces.dropFirst() where bytes.count < TLSTransport.recordByteCount {
                bytes += piece.prefix(TLSTransport.recordByteCount - bytes.count)
            }
        }
        let count = bytes.withUnsafeBytes { bytes in
            millrace_tls_write(tls, bytes.baseAddress.map { $0 + begin }, bytes.count - begin)
        }
        return TLSTransport.transfer(count)
    }

    private static let recordByteCount = 16 << 10

    private static func transfer(_ count: Int) -> Transfer {
        if count > 0 { return .bytes(count) }
        return count == Int(MILLRACE_TLS_ENDED) ? .ended : .again
    }

    override func end() {
        guard !isEnded else { return }
        isEnded = true
        millrace_tls_free(tls)
    }

    deinit { if !isEnded { millrace_tls_free(tls) } }
}
