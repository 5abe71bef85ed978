import Storage

extension ObjectStore {
    func put(_ name: String, bytes: [UInt8]) throws(StorageError) {
        try given(bytes) { raw throws(StorageError) in try put(name, raw) }
    }

    func putIfAbsent(_ name: String, bytes: [UInt8]) throws(StorageError) {
        try given(bytes) { raw throws(StorageError) in try putIfAbsent(name, raw) }
    }

    /// `withUnsafeBytes`, keeping the type of what is thrown.
    private func given(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(StorageError) -> Void
    ) throws(StorageError) {
        let result: Result<Void, StorageError> = bytes.withUnsafeBytes { raw in
            do throws(StorageError) {
                return .success(try body(raw))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
