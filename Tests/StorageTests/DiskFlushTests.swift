import Foundation
import Storage
import Testing

@Suite("A flush of a whole disk")
struct DiskFlushTests {
    @Test("keeps all bytes and names that were there")
    func simulated() throws {
        for seed in 0..<20 as Range<UInt64> {
            let files = SimulatedFileSystem()
            let flush = try #require(files.diskFlush(of: "/"))
            #expect(try files.status("/")?.device == flush.device)
            try files.createDirectories(["/a/1", "/a/2"], in: "/a")
            let file = try files.create("/a/1/x")
            try file.writeText("before")
            try files.create("/y").close()
            try files.rename("/y", to: "/a/2/z")
            #expect(flush.synchronise())
            try file.writeText("after")
            try files.create("/late").close()
            let left = files.crash(seed: seed)
            #expect(String(decoding: try left.read("/a/1/x"), as: UTF8.self).hasPrefix("before"))
            #expect(try left.status("/a/2/z") != nil)
            #expect(try left.status("/y") == nil)
        }
    }

    @Test("is not believed after an error, which may have been any file's")
    func failure() throws {
        let files = SimulatedFileSystem()
        let flush = try #require(files.diskFlush(of: "/"))
        #expect(flush.synchronise())
        files.failAt(files.operationCount + 1, .unavailable(path: "", reason: "input/output error"))
        #expect(!flush.synchronise())
        #expect(!flush.synchronise())
    }

    @Test("works on this machine's disk, or is not offered")
    func local() throws {
        let files = LocalFileSystem()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try files.createDirectories([folder + "/1", folder + "/2"], in: folder)
        defer { try? files.removeTree(folder) }
        try files.createDirectories([folder + "/2", folder + "/3"], in: folder)
        #expect(Set(try files.list(folder).map(\.name)) == ["1", "2", "3"])
        try files.create(folder + "/file").close()
        #expect(throws: StorageError.self) { try files.createDirectories([folder + "/file"], in: folder) }
        guard let flush = files.diskFlush(of: folder) else { return }
        #expect(try files.status(folder)?.device == flush.device)
        #expect(flush.synchronise())
        #expect(flush.synchronise())
    }

    @Test("is not offered for a directory that is not there")
    func missing() {
        #expect(LocalFileSystem().diskFlush(of: "/no/such/directory") == nil)
    }
}
