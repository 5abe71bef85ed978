import Storage
import Testing

/// What a simulated power loss may take, and what not.
@Suite struct PowerLossTests {
    /// The texts that a file has after a crash over many seeds; `-` where it is missing.
    private func outcomes(
        of path: String, _ prepare: (SimulatedFileSystem) throws -> Void
    ) throws -> Set<String> {
        var outcomes: Set<String> = []
        for seed in 0..<400 as Range<UInt64> {
            let files = SimulatedFileSystem()
            try files.createDirectory("/d")
            try prepare(files)
            let rebooted = files.crash(seed: seed)
            if try rebooted.status(path) == nil {
                outcomes.insert("-")
            } else {
                outcomes.insert(try rebooted.text(path).replacing("\0", with: "0"))
            }
        }
        return outcomes
    }

    @Test func `what is synchronised stays`() throws {
        let outcomes = try outcomes(of: "/d/a") {
            try $0.writeText("safe", to: "/d/a")
            try $0.synchroniseDirectory("/d")
        }
        #expect(outcomes == ["safe"])
    }

    @Test func `bytes that are not synchronised are lost, or a prefix stays, or zeros`() throws {
        let outcomes = try outcomes(of: "/d/a") {
            let file = try $0.create("/d/a")
            try file.writeText("ab")
            try file.synchronise()
            try $0.synchroniseDirectory("/d")
            try file.writeText("cd")
        }
        #expect(outcomes == ["ab", "abc", "abcd", "ab0", "ab00", "abc0"])
    }

    @Test func `a name that is not synchronised is lost or stays, whatever the file is`() throws {
        #expect(try outcomes(of: "/d/a") { try $0.writeText("safe", to: "/d/a") } == ["-", "safe"])
        let renamed = try outcomes(of: "/d/a") {
            try $0.writeText("old", to: "/d/a")
            try $0.writeText("new", to: "/d/b")
            try $0.synchroniseDirectory("/d")
            try $0.rename("/d/b", to: "/d/a")
        }
        #expect(renamed == ["old", "new"])
        let removed = try outcomes(of: "/d/a") {
            try $0.writeText("old", to: "/d/a")
            try $0.synchroniseDirectory("/d")
            try $0.remove("/d/a")
        }
        #expect(removed == ["old", "-"])
    }

    @Test func `a rename between directories keeps the file in one of them`() throws {
        for seed in 0..<100 as Range<UInt64> {
            let files = SimulatedFileSystem()
            try files.createDirectory("/d")
            try files.createDirectory("/e")
            try files.writeText("x", to: "/d/a")
            try files.synchroniseDirectory("/d")
            try files.rename("/d/a", to: "/e/a")
            if seed % 2 == 0 { try files.synchroniseDirectory("/e") }
            let rebooted = files.crash(seed: seed)
            let names = try rebooted.list("/d").count * 2 + rebooted.list("/e").count
            #expect(seed % 2 == 0 ? names == 1 : names == 1 || names == 2)
        }
    }

    @Test func `truncating what was durable is undone or done`() throws {
        let outcomes = try outcomes(of: "/d/a") {
            try $0.writeText("durable", to: "/d/a")
            try $0.synchroniseDirectory("/d")
            try $0.truncate("/d/a", to: 3)
        }
        #expect(outcomes == ["durable", "dur"])
    }

    @Test func `the same seed crashes the same way`() throws {
        func run(_ seed: UInt64) throws -> [String] {
            let files = SimulatedFileSystem()
            try files.createDirectory("/d")
            for number in 0..<20 {
                try files.writeText("text", to: "/d/\(number)", synchronised: number % 2 == 0)
            }
            let rebooted = files.crash(seed: seed)
            return try rebooted.list("/d").map { try "\($0.name): \(rebooted.text("/d/\($0.name)"))" }
                .sorted()
        }
        for seed in 0..<20 as Range<UInt64> { #expect(try run(seed) == run(seed)) }
    }

    @Test func `from the fatal operation on every call fails`() throws {
        let files = SimulatedFileSystem()
        try files.createDirectory("/d")
        let file = try files.create("/d/a")
        #expect(files.operationCount == 2)
        files.crashAt(4)
        try file.writeText("first")
        for _ in 0..<2 {
            do {
                try file.writeText("second")
                Issue.record("no power loss")
            } catch let error as StorageError { #expect(error.isPowerLoss) }
            do {
                _ = try files.list("/d")
                Issue.record("no power loss")
            } catch { #expect(error.isPowerLoss) }
        }
        _ = files.crash(seed: 1)
        #expect(throws: StorageError.self) { try files.createDirectory("/e") }
    }

    @Test func `an operation fails once, a write perhaps after a part`() throws {
        let files = SimulatedFileSystem()
        let file = try files.create("/a")
        files.failAt(2, .unavailable(path: "/a", reason: "input/output error"))
        #expect(throws: StorageError.unavailable(path: "/a", reason: "input/output error")) {
            try file.writeText("abcd")
        }
        #expect(try files.text("/a") == "ab")
        try file.writeText("ef")
        #expect(try files.text("/a") == "abef")
    }

    @Test func `a full disk refuses until there is room`() throws {
        let files = SimulatedFileSystem()
        files.limitCapacity(6)
        try files.writeText("abcd", to: "/a")
        #expect(throws: StorageError.unavailable(path: "/b", reason: "no space left on device")) {
            try files.writeText("efgh", to: "/b")
        }
        #expect(files.usedBytes == 6)
        try files.remove("/a")
        try files.writeText("efgh", to: "/b")
        #expect(files.usedBytes == 4)
        files.limitCapacity(nil)
        try files.writeText("much longer", to: "/c")
    }

    @Test func `a read-only directory refuses changes below it`() throws {
        let files = SimulatedFileSystem()
        try files.createDirectory("/lake/table")
        let file = try files.create("/lake/table/a")
        files.setReadOnly("/lake", true)
        #expect(throws: StorageError.self) { try file.writeText("x") }
        #expect(throws: StorageError.self) { _ = try files.create("/lake/b") }
        #expect(throws: StorageError.self) { try files.remove("/lake/table/a") }
        #expect(throws: StorageError.self) { try files.rename("/lake/table/a", to: "/b") }
        #expect(try files.text("/lake/table/a").isEmpty)
        files.setReadOnly("/lake", false)
        try file.writeText("x")
    }

    @Test func `damage changes one byte`() throws {
        let files = SimulatedFileSystem()
        try files.writeText("abc", to: "/a")
        try files.damage("/a", at: 1, flipping: 1)
        #expect(try files.text("/a") == "acc")
    }
}
