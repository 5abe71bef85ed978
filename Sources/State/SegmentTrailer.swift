import Storage

/// The last bytes of a state file, from which all else is found.
struct SegmentTrailer {
    static let byteCount = 64

    let directoryOffset: Int
    let directoryBytes: Int
    let directoryChecksum: UInt64
    let manifestOffset: Int
    let manifestBytes: Int
    let manifestChecksum: UInt64

    init(directoryOffset: Int, directory: [UInt8], manifestOffset: Int, manifest: [UInt8]) {
        self.directoryOffset = directoryOffset
        directoryBytes = directory.count
        directoryChecksum = StateFormat.checksum(directory)
        self.manifestOffset = manifestOffset
        manifestBytes = manifest.count
        manifestChecksum = StateFormat.checksum(manifest)
    }

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(directoryOffset)
        encoder.add(UInt32(directoryBytes))
        encoder.add(UInt32(manifestBytes))
        encoder.add(directoryChecksum)
        encoder.add(manifestOffset)
        encoder.add(manifestChecksum)
        encoder.add(UInt64(StateFormat.version))
        encoder.add(StateFormat.checksum(encoder.bytes))
        encoder.add(StateFormat.magic)
        return encoder.bytes
    }

    /// Reads the trailer of the file at `path`, which has `fileBytes`.
    init(_ bytes: [UInt8], fileBytes: Int, path: String) throws(StateError) {
        let damaged = StateError.corrupt(path: path, reason: "its end is cut off or overwritten")
        var decoder = BinaryDecoder(bytes)
        let version: UInt64
        let checksum: UInt64
        let magic: UInt64
        do throws(BinaryDecoder.Failure) {
            directoryOffset = try decoder.size()
            directoryBytes = Int(try decoder.number(UInt32.self))
            manifestBytes = Int(try decoder.number(UInt32.self))
            directoryChecksum = try decoder.number(UInt64.self)
            manifestOffset = try decoder.size()
            manifestChecksum = try decoder.number(UInt64.self)
            version = try decoder.number(UInt64.self)
            checksum = try decoder.number(UInt64.self)
            magic = try decoder.number(UInt64.self)
        } catch {
            throw damaged
        }
        guard magic == StateFormat.magic else { throw damaged }
        guard version == UInt64(StateFormat.version) else {
            throw .incompatible(
                path: path,
                reason: "it has format \(version), and this version reads format \(StateFormat.version)")
        }
        guard checksum == StateFormat.checksum(Array(bytes[..<(SegmentTrailer.byteCount - 16)])),
            directoryOffset + directoryBytes <= fileBytes, manifestOffset + manifestBytes <= fileBytes
        else { throw damaged }
    }
}
