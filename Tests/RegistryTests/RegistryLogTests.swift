import Diagnostics
import Registry
import Storage
import Testing

/// A registry's changes on disk.
@Suite struct RegistryLogTests {
    private let path = "/data/registry/schemas.log"

    private static func record(_ fields: Int) -> String {
        let list = (0..<fields).map { #"{"name": "f\#($0)", "type": "int", "default": 0}"# }
        return #"{"type": "record", "name": "R", "fields": [\#(list.joined(separator: ","))]}"#
    }

    /// Changes of all kinds, one call each.
    private static let steps: [@Sendable (SchemaRegistry) throws -> Void] = [
        { try $0.register(record(1), subject: "a") },
        { try $0.register(record(2), subject: "a") },
        { try $0.setLevel(.full, subject: "a") },
        { try $0.register(#"{"type": "object"}"#, type: .json, subject: "j") },
        { try $0.delete("a", version: 1) },
        { try $0.setMode(.readOnly, subject: "j") },
        { try $0.setNormalizing(true) },
        { registry in
            let reference = SchemaReference(name: "R", subject: "a", version: 2)
            let definition = SchemaDefinition(
                #"{"type": "array", "items": "R"}"#, references: [reference])
            try registry.register(definition, subject: "list")
        },
        { try $0.delete("a", version: 1, forGood: true) },
        { try $0.setMode(.readWrite, subject: "j") },
        { try $0.delete("j") },
        { try $0.delete("j", forGood: true) },
        { try $0.register(record(3), subject: "a") },
    ]

    private static func text(_ registry: SchemaRegistry) -> String {
        let versions = registry.all(includingDeleted: true).map { "\($0.version) \($0.schema.definition)" }
        return "\(versions) \(registry.level("a")) \(registry.mode("j")) "
            + "\(registry.normalizes(nil) ?? false) \(registry.highestID)"
    }

    private func open(_ files: SimulatedFileSystem) throws -> SchemaRegistry {
        try SchemaRegistry(storage: try RegistryLog(path, files))
    }

    @Test func whatWasChangedIsThereAgain() throws {
        let files = SimulatedFileSystem()
        let registry = try open(files)
        for step in Self.steps {
            try step(registry)
            #expect(Self.text(try open(files)) == Self.text(registry))
        }
        // The highest id is known though its schema has gone.
        #expect(registry.highestID == 5)
    }

    /// Whatever a crash leaves, all that was answered is there, and at most the change under way.
    @Test func aCrashAtAnyWriteLosesNothingThatWasAnswered() throws {
        let expected = try Self.steps.reduce(into: [Self.text(SchemaRegistry())]) { texts, _ in
            let registry = SchemaRegistry()
            for step in Self.steps.prefix(texts.count) { try step(registry) }
            texts.append(Self.text(registry))
        }
        let whole = SimulatedFileSystem()
        let registry = try open(whole)
        for step in Self.steps { try step(registry) }
        for operation in 1...whole.operationCount {
            for seed in [1, 2, 3] as [UInt64] {
                let files = SimulatedFileSystem()
                files.crashAt(operation)
                var done = 0
                if let registry = try? open(files) {
                    for step in Self.steps {
                        guard (try? step(registry)) != nil else { break }
                        done += 1
                    }
                }
                let after = files.crash(seed: seed)
                let again = try open(after)
                let found = Self.text(again)
                let isRight =
                    found == expected[done] || done < Self.steps.count && found == expected[done + 1]
                #expect(isRight, "operation \(operation), seed \(seed), after \(done) changes: \(found)")
                // It can be written on.
                try again.register(Self.record(5), subject: "later")
                #expect(try open(after).latest("later") != nil)
            }
        }
    }

    @Test func aWriteThatFailsChangesNothing() throws {
        let files = SimulatedFileSystem()
        let registry = try open(files)
        try registry.register(Self.record(1), subject: "a")
        let before = Self.text(registry)
        files.limitCapacity(files.usedBytes + 10)
        #expect(throws: Diagnostic.self) { try registry.register(Self.record(2), subject: "a") }
        #expect(Self.text(registry) == before)
        files.limitCapacity(nil)
        try registry.register(Self.record(2), subject: "a")
        #expect(Self.text(try open(files)) == Self.text(registry))
    }

    @Test func halfALineIsCutOffAndTold() throws {
        let files = SimulatedFileSystem()
        let registry = try open(files)
        try registry.register(Self.record(1), subject: "a")
        let first = try files.read(path).count
        try registry.register(Self.record(2), subject: "a")
        let whole = try files.read(path)
        for size in [first + 1, first + 30, whole.count - 1] {
            try files.truncate(path, to: size)
            let log = try RegistryLog(path, files)
            #expect(log.damage?.message == "the last line of \(path) was not whole and was cut off")
            let cut = try SchemaRegistry(storage: log)
            #expect(cut.versions("a").map(\.version) == [1])
            try cut.register(Self.record(2), subject: "a")
            #expect(try files.read(path) == whole)
        }
    }

    @Test func aDamagedLineBeforeOthersKeepsTheRegistryClosed() throws {
        let files = SimulatedFileSystem()
        let registry = try open(files)
        for count in 1...3 { try registry.register(Self.record(count), subject: "a") }
        try files.damage(path, at: 60, flipping: 1)
        let error = #expect(throws: Diagnostic.self) { try open(files) }
        #expect(error?.message == "line 1 of the registry's log \(path) is damaged")
    }
}
