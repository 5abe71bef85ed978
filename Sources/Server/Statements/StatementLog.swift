import Diagnostics
import Formats
import Registry
import Storage

/// The statements that made a server what it is, in a file that only grows.
///
/// One line for each: a checksum, a blank, and a JSON object. What a crash left of a last line is cut off;
/// any other line that is damaged is reported and passed over.
final class StatementLog {
    /// One statement that was done.
    struct Entry {
        let sequence: Int64
        let statement: String
        /// Settings that held for it.
        let properties: [String: String]
        /// Where its query begins to read, by relation and partition.
        var starts: [String: [Int: Int64]] = [:]
        /// Topics that are deleted once the statement is logged, by name: each one's identity.
        var deletions: [String: String] = [:]
        /// The schemas that it found or made; nil where it was logged before they were noted.
        var schemas: [String: NotedSchemas.Note]?
    }

    let path: String
    private let files: any FileSystem
    private(set) var entries: [Entry] = []
    /// What is wrong with the file.
    private(set) var damages: [Diagnostic] = []
    private var size = 0

    init(_ path: String, _ files: any FileSystem) throws(Diagnostic) {
        self.path = path
        self.files = files
        do throws(StorageError) {
            guard try files.status(path) != nil else { return }
            let bytes = try files.read(path)
            read(bytes)
            if size < bytes.count { try files.truncate(path, to: size) }
        } catch { throw failure(error, "read") }
    }

    var nextSequence: Int64 { (entries.last?.sequence ?? 0) + 1 }

    /// Adds a statement; it is durable when this returns.
    func append(_ entry: Entry) throws(Diagnostic) {
        let line = Self.line(entry)
        do throws(StorageError) {
            try write(line)
        } catch {
            // The next statement must not stand behind half a line.
            try? files.truncate(path, to: size)
            throw failure(error, "written")
        }
        size += line.count
        entries.append(entry)
    }

    private func write(_ line: [UInt8]) throws(StorageError) {
        let isNew = try files.status(path) == nil
        let file = isNew ? try files.create(path) : try files.append(to: path)
        defer { file.close() }
        var outcome: Result<Void, StorageError> = .success(())
        line.withUnsafeBytes { bytes in
            do throws(StorageError) { try file.write(bytes) } catch { outcome = .failure(error) }
        }
        try outcome.get()
        try file.synchronise()
        if isNew { try files.synchroniseDirectory(Path.directory(of: path)) }
    }

    private func failure(_ error: StorageError, _ verb: String) -> Diagnostic {
        Diagnostic(
            .state, "the log of statements can't be \(verb): \(error.reason) (\(error.path))",
            hint: "make room on the disk or mend its permissions, and try again")
    }

    // MARK: Lines

    private static let checksumDigits = 16

    private static func line(_ entry: Entry) -> [UInt8] {
        let starts = entry.starts.sorted { $0.key < $1.key }.map { relation, offsets in
            JSONValue.Member(
                relation,
                .object(offsets.sorted { $0.key < $1.key }.map { .init(String($0.key), .number($0.value)) }))
        }
        var members: [JSONValue.Member] = [
            .init("sequence", .number(entry.sequence)), .init("statement", .string(entry.statement)),
            .init("properties", json(entry.properties)), .init("starts", .object(starts)),
        ]
        if let schemas = entry.schemas {
            let notes = schemas.sorted { $0.key < $1.key }
            members.append(
                .init("schemas", .object(notes.map { .init($0.key, $0.value.json) })))
        }
        if !entry.deletions.isEmpty { members.append(.init("deletions", json(entry.deletions))) }
        let json = JSONValue.object(members)
        let body = Array(json.text.utf8)
        return Array(checksum(body).utf8) + [UInt8(ascii: " ")] + body + [UInt8(ascii: "\n")]
    }

    private static func json(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) })
    }

    private static func texts(_ json: JSONValue?) -> [String: String] {
        var texts: [String: String] = [:]
        for member in json?.members ?? [] { texts[member.name] = member.value.string }
        return texts
    }

    private static func checksum(_ bytes: [UInt8]) -> String {
        // FNV-1a: against torn writes and slips of an editor, not against anybody's intent.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: checksumDigits - digits.utf8.count) + digits
    }

    private func read(_ bytes: [UInt8]) {
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let entry = end < bytes.count ? Self.entry(bytes[start..<end]) : nil
            let isLast = end + 1 >= bytes.count
            if let entry { entries.append(entry) } else { note(damageAt: number, isLast: isLast) }
            if entry == nil, isLast { return }
            size = end + 1
            start = end + 1
        }
    }

    private func note(damageAt line: Int, isLast: Bool) {
        let what = isLast ? "is not whole and was cut off" : "is damaged and was passed over"
        damages.append(
            Diagnostic(
                .state, "line \(line) of \(path) \(what)",
                hint: "give its statement again if something is missing"))
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> Entry? {
        guard line.count > checksumDigits + 1 else { return nil }
        let body = Array(line.dropFirst(checksumDigits + 1))
        guard String(decoding: line.prefix(checksumDigits), as: UTF8.self) == checksum(body),
            let json = try? JSONValue(parsing: body), let sequence = json["sequence"]?.int64,
            let statement = json["statement"]?.string
        else { return nil }
        var starts: [String: [Int: Int64]] = [:]
        for relation in json["starts"]?.members ?? [] {
            for offset in relation.value.members ?? [] {
                guard let partition = Int(offset.name) else { continue }
                starts[relation.name, default: [:]][partition] = offset.value.int64
            }
        }
        var schemas = json["schemas"].map { _ in [String: NotedSchemas.Note]() }
        for member in json["schemas"]?.members ?? [] {
            schemas?[member.name] = NotedSchemas.Note(member.value)
        }
        return Entry(
            sequence: sequence, statement: statement, properties: texts(json["properties"]), starts: starts,
            deletions: texts(json["deletions"]), schemas: schemas)
    }
}
