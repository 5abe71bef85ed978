import CMicrohttpd

/// A connection that sends a stream.
final class HTTP1Carrier: StreamCarrier, @unchecked Sendable {
    // Of use until the stream is detached from it.
    private let connection: OpaquePointer

    init(_ connection: OpaquePointer) { self.connection = connection }

    func sleep() { MHD_suspend_connection(connection) }

    func wake() { MHD_resume_connection(connection) }
}
