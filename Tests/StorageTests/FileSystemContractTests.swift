import Glibc
import Storage
import Testing

/// What every `FileSystem` does, power losses aside.
@Suite struct FileSystemContractTests {
    @Test(arguments: [true, false])
    func `a written file is read back, whole and in parts`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let path = place.path("a")
        let file = try place.fileSystem.create(path)
        try file.writeText("hello ")
        try file.writeText("world")
        #expect(file.size == 11)
        try file.synchronise()
        file.close()
        file.close()
        #expect(try place.fileSystem.text(path) == "hello world")
        let reader = try place.fileSystem.open(path)
        #expect(try reader.size() == 11)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
        defer { bytes.deallocate() }
        #expect(try reader.read(at: 6, into: bytes) == 5)
        #expect(String(decoding: bytes[..<5], as: UTF8.self) == "world")
        #expect(try reader.read(at: 11, into: bytes) == 0)
        #expect(try reader.read(at: 500, into: bytes) == 0)
    }

    @Test(arguments: [true, false])
    func `appending keeps what is there, creating does not`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let path = place.path("a")
        for text in ["one", "two"] {
            let file = try place.fileSystem.append(to: path)
            try file.writeText(text)
            file.close()
        }
        #expect(try place.fileSystem.text(path) == "onetwo")
        let file = try place.fileSystem.append(to: path)
        #expect(file.size == 6)
        try place.fileSystem.writeText("new", to: path)
        #expect(try place.fileSystem.text(path) == "new")
    }

    @Test func `a pipe or a device is refused at once, not waited for`() throws {
        let place = try Place(isLocal: true)
        let pipe = place.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        let reason = "it is a pipe, a socket or a device, where a file is needed"
        for path in [pipe, "/dev/null"] {
            let expected = StorageError.invalid(path: path, reason: reason)
            #expect(throws: expected) { try place.fileSystem.open(path) }
            #expect(throws: expected) { try place.fileSystem.create(path) }
            #expect(throws: expected) { try place.fileSystem.append(to: path) }
            #expect(try place.fileSystem.status(path)?.isSpecial == true)
        }
        try place.fileSystem.writeText("", to: place.path("a"))
        #expect(try place.fileSystem.status(place.path("a"))?.isSpecial == false)
    }

    @Test(arguments: [true, false])
    func `an open file outlives its name`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        try place.fileSystem.writeText("old", to: place.path("a"))
        let reader = try place.fileSystem.open(place.path("a"))
        let before = try reader.status()
        try place.fileSystem.remove(place.path("a"))
        try place.fileSystem.writeText("newer", to: place.path("a"))
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
        defer { bytes.deallocate() }
        #expect(try reader.read(at: 0, into: bytes) == 3)
        #expect(try reader.status() == before)
        #expect(try place.fileSystem.status(place.path("a"))?.inode != before.inode)
    }

    @Test(arguments: [true, false])
    func `rename replaces, link refuses`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let files = place.fileSystem
        try files.writeText("a", to: place.path("a"))
        try files.writeText("b", to: place.path("b"))
        #expect(throws: StorageError.exists(path: place.path("b"))) {
            try files.link(place.path("a"), to: place.path("b"))
        }
        try files.link(place.path("a"), to: place.path("c"))
        #expect(try files.status(place.path("a"))?.inode == files.status(place.path("c"))?.inode)
        try files.rename(place.path("a"), to: place.path("b"))
        #expect(try files.text(place.path("b")) == "a")
        #expect(try files.status(place.path("a")) == nil)
        try files.rename(place.path("b"), to: place.path("c"))
        #expect(throws: StorageError.missing(path: place.path("none"))) {
            try files.rename(place.path("none"), to: place.path("b"))
        }
        try files.remove(place.path("c"))
        try files.createDirectory(place.path("d"))
        try files.writeText("x", to: place.path("x"))
        try files.rename(place.path("x"), to: place.path("d/x"))
        #expect(try files.text(place.path("d/x")) == "x")
    }

    @Test(arguments: [true, false])
    func `directories are made with their parents and listed`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let files = place.fileSystem
        try files.createDirectory(place.path("a/b/c"))
        try files.createDirectory(place.path("a/b/c"))
        try files.writeText("1", to: place.path("a/b/f"))
        let entries = try files.list(place.path("a/b"))
        #expect(
            Set(entries) == [
                DirectoryEntry(name: "c", isDirectory: true), DirectoryEntry(name: "f", isDirectory: false),
            ])
        #expect(try files.status(place.path("a/b"))?.isDirectory == true)
        try files.synchroniseDirectory(place.path("a/b"))
    }

    @Test(arguments: [true, false])
    func `a cut file ends where it was cut`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        try place.fileSystem.writeText("hello", to: place.path("a"))
        try place.fileSystem.truncate(place.path("a"), to: 2)
        #expect(try place.fileSystem.text(place.path("a")) == "he")
        try place.fileSystem.truncate(place.path("a"), to: 4)
        #expect(try place.fileSystem.read(place.path("a")) == Array("he".utf8) + [0, 0])
    }

    @Test(arguments: [true, false])
    func `errors say what the caller can do`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let files = place.fileSystem
        try files.writeText("f", to: place.path("file"))
        let missing = place.path("none")
        #expect(throws: StorageError.missing(path: missing)) { _ = try files.open(missing) }
        #expect(throws: StorageError.missing(path: missing)) { try files.remove(missing) }
        #expect(throws: StorageError.missing(path: missing)) { _ = try files.list(missing) }
        #expect(throws: StorageError.missing(path: missing)) { try files.truncate(missing, to: 0) }
        #expect(throws: StorageError.missing(path: missing + "/a")) { _ = try files.create(missing + "/a") }
        #expect(try files.status(missing) == nil)
        #expect(try files.status(place.path("file/below")) == nil)
        let calls: [() throws -> Void] = [
            { _ = try files.open(place.root) },
            { _ = try files.create(place.root) },
            { _ = try files.append(to: place.root) },
            { _ = try files.open(place.path("file/below")) },
            { try files.remove(place.root) },
            { _ = try files.list(place.path("file")) },
            { try files.createDirectory(place.path("file")) },
        ]
        for (number, call) in calls.enumerated() {
            do {
                try call()
                Issue.record("call \(number) did not throw")
            } catch StorageError.invalid {
            } catch {
                Issue.record("call \(number) threw \(error)")
            }
        }
    }

    @Test(arguments: [true, false])
    func `an atomic write replaces the file and leaves nothing beside it`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        for text in ["one", "another"] {
            try Array(text.utf8).withUnsafeBytes {
                try place.fileSystem.writeAtomically($0, to: place.path("a"))
            }
            #expect(try place.fileSystem.text(place.path("a")) == text)
        }
        #expect(try place.fileSystem.list(place.root).map(\.name) == ["a"])
    }
}
