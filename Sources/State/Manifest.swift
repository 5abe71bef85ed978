import Storage

/// What the state of a task consists of at the end of an epoch.
struct Manifest {
    struct Store {
        let number: UInt32
        let name: String
        let payloadBytes: Int
        let blobOffsets: [Int]
        let tracksExpiryOrder: Bool
        let retiredWatermark: Int64
    }

    struct File {
        let name: String
        let byteCount: Int
        let directoryChecksum: UInt64
        /// Where sections begin that no store uses any more.
        var unused: [Int] = []
    }

    var epoch: Int
    /// The number that the next merged file gets.
    var nextFileNumber: Int
    var nextStoreNumber: UInt32
    var attachments: [String: [UInt8]]
    var stores: [Store]
    /// Files with sections of the state, oldest first; the epoch's own file comes behind them.
    var files: [File]

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(epoch)
        encoder.add(nextFileNumber)
        encoder.add(nextStoreNumber)
        encoder.add(UInt32(attachments.count))
        for (name, bytes) in attachments.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(bytes)
        }
        encoder.add(UInt32(stores.count))
        for store in stores {
            encoder.add(store.number)
            encoder.add(store.name)
            encoder.add(store.payloadBytes)
            encoder.add(UInt32(store.blobOffsets.count))
            for offset in store.blobOffsets { encoder.add(offset) }
            encoder.add(store.tracksExpiryOrder)
            encoder.add(store.retiredWatermark)
        }
        encoder.add(UInt32(files.count))
        for file in files {
            encoder.add(file.name)
            encoder.add(file.byteCount)
            encoder.add(file.directoryChecksum)
            encoder.add(UInt32(file.unused.count))
            for start in file.unused { encoder.add(start) }
        }
        return encoder.bytes
    }

    init(
        epoch: Int, nextFileNumber: Int, nextStoreNumber: UInt32, attachments: [String: [UInt8]],
        stores: [Store], files: [File]
    ) {
        self.epoch = epoch
        self.nextFileNumber = nextFileNumber
        self.nextStoreNumber = nextStoreNumber
        self.attachments = attachments
        self.stores = stores
        self.files = files
    }

    init(_ bytes: [UInt8], path: String) throws(StateError) {
        do throws(BinaryDecoder.Failure) {
            var decoder = BinaryDecoder(bytes)
            try self.init(from: &decoder)
            guard decoder.isAtEnd else { throw BinaryDecoder.Failure() }
        } catch {
            throw .corrupt(path: path, reason: "its manifest cannot be read")
        }
    }

    private init(from decoder: inout BinaryDecoder) throws(BinaryDecoder.Failure) {
        typealias Failure = BinaryDecoder.Failure
        epoch = try decoder.int()
        nextFileNumber = try decoder.size()
        nextStoreNumber = try decoder.number(UInt32.self)
        let named = try decoder.list { item throws(Failure) in (try item.text(), try item.string()) }
        attachments = Dictionary(named) { _, last in last }
        stores = try decoder.list { item throws(Failure) in
            Store(
                number: try item.number(UInt32.self), name: try item.text(), payloadBytes: try item.size(),
                blobOffsets: try item.list { offset throws(Failure) in try offset.size() },
                tracksExpiryOrder: try item.flag(), retiredWatermark: try item.number(Int64.self))
        }
        files = try decoder.list { item throws(Failure) in
            File(
                name: try item.text(), byteCount: try item.size(),
                directoryChecksum: try item.number(UInt64.self),
                unused: try item.list { start throws(Failure) in try start.size() })
        }
    }
}
