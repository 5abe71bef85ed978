import Diagnostics
import Runtime
import Testing

@testable import Connectors

@Suite struct PositionFormatTests {
    private func entry(_ generator: inout TestGenerator, id: Int) -> FilePosition.Entry {
        var entry = FilePosition.Entry(
            id: id, key: FileKey(device: UInt64(generator.below(3)), inode: generator.next() >> 20),
            fingerprint: HeadFingerprint(length: generator.below(1025), hash: generator.next()),
            compression: [.none, .gzip, .zstandard][generator.below(3)], taken: generator.below(1 << 30),
            consumed: 0, modified: UInt32(truncatingIfNeeded: generator.next()),
            isSetAside: generator.below(2) == 0)
        entry.consumed = generator.below(2) == 0 ? entry.taken : generator.below(1 << 20)
        if generator.below(3) == 0 {
            entry.path = "data/é \(generator.next())"
            entry.size = generator.below(1 << 30)
        }
        return entry
    }

    @Test func positionsComeBackAsTheyWere() throws {
        var generator = TestGenerator(seed: 11)
        for _ in 0..<200 {
            let entries = (0..<generator.below(20)).map { entry(&generator, id: $0 * 3) }
            var bytes = FilePosition(device: 1, nextID: 1000).encodedHead()
            for entry in entries {
                // An older entry of the file, and one that is gone.
                bytes += FilePosition.encoded(self.entry(&generator, id: entry.id), rootDevice: 1)
                bytes += FilePosition.encoded(self.entry(&generator, id: entry.id + 1), rootDevice: 1)
                bytes +=
                    FilePosition.encoded(entry, rootDevice: 1) + FilePosition.encodedRemoval(entry.id + 1)
            }
            let position = try FilePosition(bytes + FilePosition.encodedNextID(1001))
            #expect(position.entries == entries)
            #expect(position.nextID == 1001)
            #expect(position.device == 1)
        }
    }

    @Test func malformedPositionsAndRangesAreErrorsNotCrashes() throws {
        var generator = TestGenerator(seed: 12)
        var range = FileRange(
            fileID: 7, path: "data/a.json", key: FileKey(device: 1, inode: 2),
            fingerprint: HeadFingerprint(length: 10, hash: 99), compression: .gzip, start: 5, end: 500,
            consumed: 70)
        range.kind = .damaged
        range.problem = FileRange.Problem(FileProblem.vanished("x"), byteCount: -1)
        let encodedRange = range.inputRange.encoded
        #expect(try FileRange(range.inputRange) == range)
        var position = FilePosition(device: 1, nextID: 9).encodedHead()
        for id in 0..<5 { position += FilePosition.encoded(entry(&generator, id: id), rootDevice: 1) }
        for round in 0..<20_000 {
            var bytes = round % 2 == 0 ? encodedRange : position
            for _ in 0..<1 + generator.below(3) where !bytes.isEmpty {
                switch generator.below(3) {
                case 0: bytes[generator.below(bytes.count)] = UInt8(generator.below(256))
                case 1: bytes.removeLast(generator.below(bytes.count))
                default: bytes.append(UInt8(generator.below(256)))
                }
            }
            do {
                if round % 2 == 0 {
                    _ = try FileRange(InputRange(encoded: bytes, byteCount: 0))
                } else {
                    _ = try FilePosition(bytes)
                }
            } catch {
                #expect([.corrupt, .incompatibleVersion].contains(error.code))
            }
        }
        #expect(throws: Diagnostic.self) { _ = try FilePosition([]) }
    }

    @Test func aPositionCostsLittleForEachFile() throws {
        let bed = try FileBed()
        for index in 0..<500 { bed.write("f\(index)", "some text in file \(index)\n") }
        #expect(try bed.read().count == 500)
        #expect(bed.source.position().count < 500 * 28)
        bed.append("f7", "more\n")
        #expect(try bed.read() == ["more"])
        #expect(bed.source.positionChanges().count < 40)
        #expect(bed.source.positionChanges().count < 5)
        for index in 0..<500 { bed.remove("f\(index)") }
        #expect(try bed.read() == [])
        #expect(bed.source.position().count < 100)
    }
}
