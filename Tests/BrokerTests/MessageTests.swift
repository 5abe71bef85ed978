import Foundation
import TestKit
import Testing

@testable import Broker

@Suite struct MessageTests {
    private struct Vector {
        let label: String
        let name: String
        let type: any Message.Type
        let versions: [Int16]
        let bytes: [UInt8]
        let decoded: [String: Any]
    }

    private func vectors() throws -> [Vector] {
        try TestData.entries("messages.json").compactMap { entry in
            guard let name = entry["api"] as? String, let version = entry["version"] as? Int else {
                return nil
            }
            let others = entry["also_valid_as_versions"] as? [Int] ?? []
            return Vector(
                label: "\(name) \(version) \(entry["label"] ?? "")",
                name: entry["label"] as? String ?? "", type: try #require(messageTypes[name]),
                versions: ([version] + others).map { Int16($0) },
                bytes: TestData.bytes(hex: entry["body_hex"] as? String ?? ""),
                decoded: entry["decoded"] as? [String: Any] ?? [:])
        }
    }

    /// Read by a lenient client as versions whose description allows no null there; Kafka refuses them too.
    private static let nullsWhereNoneMayBe: Set = [
        "describeLogDirsResponseEmpty 3", "describeLogDirsResponseEmpty 4", "describeLogDirsResponseEmpty 5",
        "offsetFetchRequestAllPartitions 0", "offsetFetchRequestAllPartitions 1",
    ]

    private func recode<Kind: Message>(_: Kind.Type, _ bytes: [UInt8], _ version: Int16) throws -> [UInt8] {
        try Kind(bytes, version: version, elementLimit: 100_000).encoded(version: version)
    }

    @Test(.enabled(if: TestData.isThere, "\(TestData.missing)"))
    func `what other clients wrote decodes and encodes to the same bytes`() throws {
        let vectors = try vectors()
        #expect(vectors.count > 200)
        for vector in vectors {
            for version in vector.versions {
                if Self.nullsWhereNoneMayBe.contains("\(vector.name) \(version)") {
                    #expect(throws: MessageError.self, "\(vector.label)") {
                        try recode(vector.type, vector.bytes, version)
                    }
                    continue
                }
                do {
                    let bytes = try recode(vector.type, vector.bytes, version)
                    #expect(bytes.hex == vector.bytes.hex, "\(vector.label) as version \(version)")
                } catch {
                    Issue.record("\(vector.label) as version \(version): \(error)")
                }
            }
        }
    }

    @Test(.enabled(if: TestData.isThere, "\(TestData.missing)"))
    func `the fields hold what the other client meant`() throws {
        var compared = 0
        for vector in try vectors() {
            let version = try #require(
                vector.versions.first { !Self.nullsWhereNoneMayBe.contains("\(vector.name) \($0)") })
            let message = try read(vector.type, vector.bytes, version)
            compared += compare(message, vector.decoded, vector.label)
        }
        #expect(compared > 1000)
    }

    private func read<Kind: Message>(_: Kind.Type, _ bytes: [UInt8], _ version: Int16) throws -> Any {
        try Kind(bytes, version: version)
    }

    /// Compares numbers, flags and strings of the fields that the vector names; gives how many.
    private func compare(_ structure: Any, _ expected: [String: Any], _ note: String) -> Int {
        var count = 0
        for child in Mirror(reflecting: structure).children {
            let name = (child.label ?? "").lowercased()
            guard let value = expected.first(where: { $0.key.replacing("_", with: "") == name })?.value else {
                continue
            }
            var found = child.value
            if Mirror(reflecting: found).displayStyle == .optional {
                guard let inner = Mirror(reflecting: found).children.first?.value else {
                    #expect(value is NSNull, "\(note): \(name)")
                    continue
                }
                found = inner
            }
            switch (found, value) {
            case (let text as String, let expected as String):
                #expect(text == expected, "\(note): \(name)")
                count += 1
            case (let flag as Bool, let expected as Bool):
                #expect(flag == expected, "\(note): \(name)")
                count += 1
            case (let number as any BinaryInteger, let expected as NSNumber):
                #expect(Int64(number) == expected.int64Value, "\(note): \(name)")
                count += 1
            case (let list as [Any], let expected as [[String: Any]]):
                #expect(list.count == expected.count, "\(note): \(name)")
                for (item, expected) in zip(list, expected) { count += compare(item, expected, note) }
            default: break
            }
        }
        return count
    }

    @Test(.enabled(if: TestData.isThere, "\(TestData.missing)"))
    func `damaged messages never crash and allocate within their bound`() throws {
        var random = SeededGenerator(seed: 1)
        let vectors = try vectors()
        for vector in vectors {
            for _ in 0..<15 * TestData.effort {
                var bytes = vector.bytes
                for _ in 0...random.below(3) where !bytes.isEmpty {
                    bytes[random.below(bytes.count)] = random.chance(30) ? 0xff : UInt8(random.below(256))
                }
                if random.chance(20) { bytes.removeLast(random.below(bytes.count + 1)) }
                _ = try? recode(vector.type, bytes, random.pick(vector.versions))
            }
        }
    }

    @Test func `random bytes are refused or read by every decoder in every version`() {
        for (name, type) in messageTypes.sorted(by: { $0.key < $1.key }) {
            for version in type.validVersions {
                var random = SeededGenerator(seed: UInt64(name.utf8.count) &* 100 &+ UInt64(version))
                for _ in 0..<20 {
                    let bytes = (0..<random.below(80)).map { _ in
                        random.chance(60) ? UInt8(random.below(4)) : UInt8(random.below(256))
                    }
                    _ = try? recode(type, bytes, version)
                }
            }
        }
    }

    @Test func `a false count of elements takes no memory`() throws {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        bytes.replaceSubrange(0..<4, with: [0x7f, 0xff, 0xff, 0xff])
        #expect(throws: MessageError.incomplete) { try MetadataRequest(bytes, version: 1) }
        bytes.replaceSubrange(0..<4, with: [0, 0, 0x40, 0])
        #expect(throws: MessageError.tooLarge(elements: 1000)) {
            try MetadataRequest(bytes, version: 1, elementLimit: 1000)
        }
    }

    @Test func `unknown tagged fields are kept`() throws {
        var message = HeartbeatRequest()
        message.groupID = "g"
        message.unknownTags = [UnknownTag(tag: 77, bytes: [1, 2, 3])]
        #expect(try HeartbeatRequest(message.encoded(version: 4), version: 4) == message)
    }

    @Test(.enabled(if: TestData.isThere, "\(TestData.missing)"))
    func `the types are those that the generator makes today`() throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let output = FileManager.default.temporaryDirectory.appending(path: "messages-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", root.appending(path: "scripts/kafka-messages").path,
            TestData.folder.appending(path: "message-schemas").path, output.path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let checkedIn = root.appending(path: "Sources/Broker/Protocol/Messages")
        let names = try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkedIn.path).sorted() == names)
        for name in names {
            let made = try String(contentsOf: output.appending(path: name), encoding: .utf8)
            let kept = try String(contentsOf: checkedIn.appending(path: name), encoding: .utf8)
            #expect(made == kept, "\(name): run scripts/kafka-messages")
        }
    }
}
