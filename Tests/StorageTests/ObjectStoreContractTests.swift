import Foundation
import Storage
import Synchronization
import Testing

/// What every `ObjectStore` does.
@Suite struct ObjectStoreContractTests {
    private func put(_ text: String, as name: String, in store: any ObjectStore) throws {
        try Array(text.utf8).withUnsafeBytes { try store.put(name, $0) }
    }

    private func text(_ name: String, in store: any ObjectStore) throws -> String {
        String(decoding: try store.get(name), as: UTF8.self)
    }

    @Test(arguments: [true, false])
    func `put replaces, put if absent does not`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let store = LocalObjectStore(place.root, in: place.fileSystem)
        try put("one", as: "folder/deep/a", in: store)
        try put("two", as: "folder/deep/a", in: store)
        #expect(try text("folder/deep/a", in: store) == "two")
        #expect(throws: StorageError.exists(path: place.path("folder/deep/a"))) {
            try Array("three".utf8).withUnsafeBytes { try store.putIfAbsent("folder/deep/a", $0) }
        }
        #expect(try text("folder/deep/a", in: store) == "two")
        try Array("four".utf8).withUnsafeBytes { try store.putIfAbsent("other/b", $0) }
        #expect(try text("other/b", in: store) == "four")
        #expect(try store.list(prefix: "", after: nil).map(\.name) == ["folder/deep/a", "other/b"])
        #expect(throws: StorageError.missing(path: place.path("none"))) { _ = try store.get("none") }
        #expect(throws: StorageError.missing(path: place.path("other"))) { _ = try store.get("other") }
        try store.delete("other/b")
        try store.delete("other/b")
        #expect(try store.list(prefix: "other/", after: nil).isEmpty)
    }

    @Test(arguments: [true, false])
    func `objects are listed in order of their bytes, by prefix and from a name on`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let store = LocalObjectStore(place.root, in: place.fileSystem)
        var names = ["a", "a-b", "a.b/x", "b/a/1", "b/a-1", "b/a", "b0", "é", "e\u{301}", "z/_log/0.json"]
        names.removeAll { $0 == "b/a" || $0 == "a" }
        for name in names + ["b/a/2"] { try put(name, as: name, in: store) }
        try put("left by a crash", as: "z/_log/1.json", in: store)
        try place.fileSystem.rename(place.path("z/_log/1.json"), to: place.path("z/_log/.1-1.tmp"))
        let all = (names + ["b/a/2"]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(
            try store.list(prefix: "", after: nil).map { Array($0.name.utf8) } == all.map { Array($0.utf8) })
        for after in all + ["", "b/", "b/a", "b/a/", "zz", "A"] {
            for prefix in ["", "b", "b/", "b/a", "b/a/", "a", "z/_log/", "none/"] {
                let expected = all.filter {
                    $0.utf8.starts(with: prefix.utf8) && after.utf8.lexicographicallyPrecedes($0.utf8)
                }
                let found = try store.list(prefix: prefix, after: after)
                #expect(found.map(\.name) == expected, "prefix \(prefix), after \(after)")
                #expect(found.allSatisfy { $0.size == $0.name.utf8.count })
            }
        }
    }

    @Test(arguments: ["", "/a", "a/", "a//b", ".a", "a/.b", "a/../b", "a\0b"])
    func `a name that is no path below the root is refused`(name: String) throws {
        let store = LocalObjectStore("/root", in: SimulatedFileSystem())
        #expect(throws: StorageError.self) { try put("x", as: name, in: store) }
        #expect(throws: StorageError.self) { _ = try store.get(name) }
    }

    @Test(arguments: [true, false])
    func `of sixteen threads that put one name, one succeeds`(isLocal: Bool) throws {
        let place = try Place(isLocal: isLocal)
        let store = LocalObjectStore(place.root, in: place.fileSystem)
        for round in 0..<20 {
            let winners = Mutex<[Int]>([])
            let others = Mutex<Int>(0)
            DispatchQueue.concurrentPerform(iterations: 16) { thread in
                do {
                    try Array("by \(thread)".utf8).withUnsafeBytes {
                        try store.putIfAbsent("log/\(round)", $0)
                    }
                    winners.withLock { $0.append(thread) }
                } catch StorageError.exists {
                    others.withLock { $0 += 1 }
                } catch {
                    Issue.record("\(error)")
                }
            }
            let won = winners.withLock { $0 }
            #expect(won.count == 1)
            #expect(others.withLock { $0 } == 15)
            #expect(try text("log/\(round)", in: store) == "by \(won.first ?? -1)")
        }
        #expect(try place.fileSystem.list(place.path("log")).count == 20)
    }

    @Test func `an object is there whole or not at all after a power loss, and surely once put`() throws {
        for seed in 0..<300 as Range<UInt64> {
            let files = SimulatedFileSystem()
            try files.createDirectory("/lake")
            let store = LocalObjectStore("/lake", in: files)
            files.crashAt(Int(seed) % 40 + 2)
            var done: [String] = []
            do {
                for number in 0..<10 {
                    let name = "log/\(number)"
                    if number % 2 == 0 {
                        try put("first \(number)", as: name, in: store)
                    } else {
                        try Array("first \(number)".utf8).withUnsafeBytes { try store.putIfAbsent(name, $0) }
                    }
                    done.append(name)
                }
            } catch let error as StorageError {
                #expect(error.isPowerLoss)
            }
            let rebooted = LocalObjectStore("/lake", in: files.crash(seed: seed))
            let names = try rebooted.list(prefix: "", after: nil).map(\.name)
            #expect(names.count <= done.count + 1 && Set(done).isSubset(of: names), "seed \(seed)")
            for name in names {
                #expect(try text(name, in: rebooted) == "first \(name.dropFirst(4))", "seed \(seed)")
            }
            try put("again", as: "log/0", in: rebooted)
            #expect(try text("log/0", in: rebooted) == "again")
        }
    }
}
