import Formats
import Storage

/// Where the deleted rows of a data file are told: in the log itself, or in a file beside the data.
struct DeletionVector: Equatable, Sendable {
    enum Place: Equatable, Sendable {
        /// The serialised rows.
        case inline([UInt8])
        /// A path as the log would have it, and the byte at which the vector begins there.
        case file(path: String, offset: Int)
    }

    let place: Place
    /// Bytes of the serialised rows.
    let size: Int
    /// How many rows are deleted.
    let cardinality: Int64

    /// nil for a descriptor that cannot be understood.
    init?(_ value: JSONValue) {
        guard let kind = value["storageType"]?.string, let text = value["pathOrInlineDv"]?.string,
            let size = value["sizeInBytes"]?.int, size >= 0, let cardinality = value["cardinality"]?.int64,
            cardinality >= 0
        else { return nil }
        self.size = size
        self.cardinality = cardinality
        let offset = value["offset"]?.int ?? 0
        guard offset >= 0 else { return nil }
        switch kind {
        case "i":
            guard let bytes = Base85.decoded(text), bytes.count >= size, bytes.count - size < 4 else {
                return nil
            }
            place = .inline(Array(bytes.prefix(size)))
        case "u":
            guard text.utf8.count >= 20, let name = DeletionVector.fileName(text) else { return nil }
            place = .file(path: name, offset: offset)
        case "p": place = .file(path: text, offset: offset)
        default: return nil
        }
    }

    /// `<folder>` and 20 characters that are a UUID: `<folder>/deletion_vector_<uuid>.bin`.
    private static func fileName(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let uuid = Base85.decoded(String(decoding: bytes.suffix(20), as: UTF8.self)), uuid.count == 16
        else { return nil }
        let halves = [uuid[..<8], uuid[8...]].map { half in half.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        let folder = String(decoding: bytes.dropLast(20), as: UTF8.self)
        let name = "deletion_vector_" + TableEnvironment.identifier(halves[0], halves[1]) + ".bin"
        return folder.isEmpty ? name : folder + "/" + name
    }

    /// The deleted rows, from the store where they are kept beside the data.
    func rows(in store: any ObjectStore) throws(DeltaError) -> DeletedRows {
        let rows: DeletedRows?
        var source = "the log"
        switch place {
        case .inline(let bytes): rows = DeletedRows(bytes)
        case .file(let path, let offset):
            guard let name = FilePath.name(of: path, in: store.location) else {
                throw .unsupported(
                    "the deletion vector \(path) outside of it", at: store.location, doing: "read")
            }
            source = Path.join(store.location, name)
            rows = try stored(name, offset, store).flatMap { DeletedRows($0) }
        }
        guard let rows, rows.count == cardinality else {
            throw .corrupt(
                "a deletion vector in \(source) cannot be read, or is not the one that the log means")
        }
        return rows
    }

    /// `size` (4 bytes, big-endian), the rows, their CRC-32; nil where that is not what is there.
    private func stored(
        _ name: String, _ offset: Int, _ store: any ObjectStore
    ) throws(DeltaError) -> [UInt8]? {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try store.get(name)
        } catch .missing {
            throw .corrupt(
                "the deletion vector \(Path.join(store.location, name)) is missing",
                hint: "ask for a later version, or restore the file")
        } catch {
            throw .storage(error, doing: "reading a deletion vector")
        }
        guard offset <= bytes.count, size <= bytes.count - offset - 8 else { return nil }
        let start = offset + 4
        let rows = Array(bytes[start..<start + size])
        guard DeletionVector.number(bytes[offset..<start]) == UInt32(truncatingIfNeeded: size),
            DeletionVector.number(bytes[start + size..<start + size + 4]) == Checksum.crc32(rows)
        else { return nil }
        return rows
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
