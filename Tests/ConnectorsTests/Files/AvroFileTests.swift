import Foundation
import Formats
import Testing

@testable import Connectors

/// Avro container files, read as lines of JSON.
@Suite struct AvroFileTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let testData: String? = {
        let given = ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"]
        let path = (given ?? package.appendingPathComponent("../shared/testdata").standardized.path) + "/avro"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    /// Files by codec and the records, as fastavro wrote them; nil without fastavro.
    private static let written: (files: [String: [UInt8]], records: [String])? = {
        let python = package.appendingPathComponent(".deps/venv/bin/python")
        let folder = NSTemporaryDirectory() + "millrace-avro-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard FileManager.default.isExecutableFile(atPath: python.path),
            (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true))
                != nil
        else { return nil }
        let process = Process()
        process.executableURL = python
        process.arguments = [
            package.appendingPathComponent("Tests/ConnectorsTests/Files/avro_files.py").path, folder,
        ]
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        var files: [String: [UInt8]] = [:]
        for codec in AvroCodec.allCases.map(\.rawValue) {
            files[codec] = (try? Data(contentsOf: URL(filePath: "\(folder)/\(codec).avro"))).map {
                [UInt8]($0)
            }
        }
        guard let text = try? String(contentsOfFile: folder + "/records.json", encoding: .utf8) else {
            return nil
        }
        return (files, text.split(separator: "\n").map(String.init))
    }()

    /// All lines of a file that is given in pieces, and why it could not be read on.
    private func lines(
        _ bytes: [UInt8], input: Int = 1 << 16, output: Int = 4096
    ) -> (lines: [String], damage: String?, isWhole: Bool) {
        let decompressor = AvroFileDecompressor()
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: output, alignment: 8)
        defer { room.deallocate() }
        var made: [UInt8] = []
        var position = 0
        while true {
            let end = min(position + input, bytes.count)
            let step = bytes[position..<end].withUnsafeBytes { decompressor.step($0, into: room) }
            position += step.used
            made += room[..<step.made]
            if let damage = step.damage { return (Self.split(made), damage, false) }
            if position == bytes.count, step.made == 0 {
                return (Self.split(made), nil, decompressor.isBetweenMembers)
            }
        }
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func isSame(_ line: String, _ expected: JSONValue) throws -> Bool {
        Self.isSame(try JSONValue(parsing: line), expected)
    }

    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let text), .number(let other)): return text == other || Double(text) == Double(other)
        case (.string(let text), .string(let other)) where other.hasPrefix("hex:"):
            let bytes = Data(base64Encoded: text) ?? Data()
            return bytes.map { String(format: "%02x", $0) }.joined() == other.dropFirst(4)
        case (.array(let list), .array(let others)):
            return list.count == others.count && zip(list, others).allSatisfy { isSame($0, $1) }
        case (.object(let list), .object(let others)):
            return list.count == others.count
                && list.allSatisfy { member in right[member.name].map { isSame(member.value, $0) } ?? false }
        default: return left == right
        }
    }

    @Test(.enabled(if: testData != nil, "no test data: set MILLRACE_TESTDATA"))
    func filesOfOtherProgramsAreReadOrRefused() throws {
        let folder = Self.testData ?? ""
        let expected = try JSONValue(
            parsing: [UInt8](try Data(contentsOf: URL(filePath: folder + "/expected.json"))))
        let files = try #require(expected["files"]?.members)
        #expect(files.count > 5)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(file.name)")))
            let read = lines(bytes)
            guard let records = file.value["records"]?.array else {
                #expect(read.damage != nil || !read.isWhole, "\(file.name) was to be refused")
                continue
            }
            #expect(read.damage == nil && read.isWhole, "\(file.name): \(read.damage ?? "it breaks off")")
            #expect(read.lines.count == records.count, "\(file.name)")
            for (line, record) in zip(read.lines, records) {
                #expect(try isSame(line, record), "\(file.name): \(line) for \(record)")
            }
        }
    }

    @Test(
        .enabled(if: written != nil, "no fastavro: run scripts/setup --tests"), arguments: AvroCodec.allCases)
    func everyCodecGivesTheRecords(codec: AvroCodec) throws {
        let written = try #require(Self.written)
        let bytes = try #require(written.files[codec.rawValue])
        for (input, output) in [(1 << 20, 1 << 20), (100, 7), (1, 1000)] {
            let read = lines(bytes, input: input, output: output)
            #expect(read.damage == nil && read.isWhole)
            #expect(read.lines.count == written.records.count)
            for (line, record) in zip(read.lines, written.records) {
                guard try isSame(line, JSONValue(parsing: record)) else {
                    Issue.record("\(line) for \(record)")
                    break
                }
            }
        }
    }

    @Test(
        .enabled(if: written != nil, "no fastavro: run scripts/setup --tests"), arguments: AvroCodec.allCases)
    func aFileThatIsCutGivesItsWholeBlocksAndADamagedOneAnError(codec: AvroCodec) throws {
        let written = try #require(Self.written)
        let bytes = try #require(written.files[codec.rawValue])
        let whole = lines(bytes).lines
        for cut in stride(from: 1, to: bytes.count - 1, by: bytes.count / 40) {
            let read = lines(Array(bytes[..<cut]))
            #expect(read.damage == nil)
            #expect(read.lines == Array(whole[..<read.lines.count]))
        }
        var random = TestGenerator(seed: 5)
        for _ in 0..<60 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
            let read = lines(damaged)
            // Without a checksum a value may only be another; it is never more than there was room for.
            #expect(read.lines.count <= whole.count * 4)
        }
    }

    @Test(.enabled(if: written != nil, "no fastavro: run scripts/setup --tests"))
    func aSourceReadsOnWhereAFileGrowsAndGoesOnAfterARestart() throws {
        let written = try #require(Self.written)
        let bytes = try #require(written.files["deflate"])
        let bed = try FileBed(patterns: FileSourceSettings.avroPatterns)
        bed.write("a.avro", Array(bytes[..<(bytes.count / 2)]))
        bed.write("b.json", "{}\n")
        let first = try bed.read()
        #expect(first.count > 100)
        try bed.restart(bed.source.position())
        bed.append("a.avro", Array(bytes[(bytes.count / 2)...]))
        let rest = try bed.read()
        #expect((first + rest).count == written.records.count)
        for (line, record) in zip(first + rest, written.records) {
            guard try isSame(line, JSONValue(parsing: record)) else {
                Issue.record("\(line) for \(record)")
                break
            }
        }
    }
}
