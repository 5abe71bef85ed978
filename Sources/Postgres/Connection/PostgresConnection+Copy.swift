import CLibpq

// COPY … FROM STDIN, in the binary format.
extension PostgresConnection {
    private static let pieceBytes = 1 << 20
    /// Signature, flags, length of the extension; see COPY in PostgreSQL's manual, "Binary Format".
    private static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n".utf8) + [UInt8](repeating: 0, count: 9)
    private static let trailer: [UInt8] = [0xFF, 0xFF]

    /// Sends rows as `WireRows` holds them to a `COPY … FROM STDIN (FORMAT binary)`.
    func copy(_ statement: String, _ rows: UnsafeRawBufferPointer) throws(PostgresError) {
        let begun = PQexec(handle, statement)
        let status = PQresultStatus(begun)
        guard status == PGRES_COPY_IN else {
            defer { PQclear(begun) }
            throw failure(begun)
        }
        PQclear(begun)
        var isSent = Self.header.withUnsafeBytes { send($0) }
        var start = 0
        while isSent, start < rows.count {
            let end = min(rows.count, start + Self.pieceBytes)
            isSent = send(UnsafeRawBufferPointer(rebasing: rows[start..<end]))
            start = end
        }
        if isSent { isSent = Self.trailer.withUnsafeBytes { send($0) } }
        guard isSent, PQputCopyEnd(handle, nil) == 1 else {
            drain()
            throw lost()
        }
        // All results are taken, so that the session is ready for what comes next.
        var error: PostgresError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) != PGRES_COMMAND_OK, error == nil { error = failure(result) }
            PQclear(result)
            if isBroken { break }
        }
        if let error { throw error }
        if isBroken { throw lost() }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        return PQputCopyData(
            handle, base.assumingMemoryBound(to: CChar.self), Int32(truncatingIfNeeded: bytes.count)) == 1
    }

    private func drain() {
        while !isBroken, let result = PQgetResult(handle) { PQclear(result) }
    }
}
