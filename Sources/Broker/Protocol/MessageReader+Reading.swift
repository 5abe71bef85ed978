extension MessageReader {
    /// Reads from bytes that somebody holds.
    static func reading<Result>(
        _ bytes: [UInt8], _ body: (inout MessageReader) throws(MessageError) -> Result
    ) throws(MessageError) -> Result {
        var result: Swift.Result<Result, MessageError> = .failure(.incomplete)
        bytes.withUnsafeBytes { bytes in
            do throws(MessageError) {
                var reader = MessageReader(bytes)
                result = .success(try body(&reader))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }
}
