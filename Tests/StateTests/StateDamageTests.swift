import Columnar
import State
import Storage
import Testing

/// State that cannot be trusted is refused, with place, reason and a way out.
@Suite struct StateDamageTests {
    private let layout = StateLayout(
        name: "sessions", payloadBytes: 16, blobOffsets: [8], tracksExpiryOrder: true, reportsChanges: true)

    private func key(_ number: Int) -> Fingerprint {
        Fingerprint(low: 7, high: 9).combined(with: Int64(number))
    }

    private func checkpoint(
        _ files: SimulatedFileSystem, budget: Int = 1 << 20
    ) -> (StateCheckpoint, KeyedStateStore) {
        let checkpoint = StateCheckpoint(
            directory: "/state", fileSystem: files, memory: StateMemory(budgetBytes: budget))
        return (checkpoint, checkpoint.addStore(layout))
    }

    /// Two epochs of 300 entries each, the second in the newest file.
    private func written() throws -> SimulatedFileSystem {
        let files = SimulatedFileSystem()
        let (checkpoint, store) = checkpoint(files)
        try checkpoint.startEmpty()
        for epoch in 1...2 {
            let slots = try store.insert((epoch * 300..<epoch * 300 + 300).map(key)).slots
            for (number, slot) in slots.enumerated() {
                store.setBlob(0, of: slot, Array("text of \(number)".utf8))
                store.setExpiry(Int64(1000 + number), of: slot)
            }
            checkpoint.attachments["watermark"] = [1, 2, 3]
            try checkpoint.write(epoch: epoch)
        }
        return files
    }

    @Test func `what was written is loaded`() throws {
        let files = try written()
        let (checkpoint, store) = checkpoint(files)
        #expect(try StateCheckpoint.epochs(in: "/state", files) == [1, 2])
        #expect(try checkpoint.load(epoch: 2) == .complete)
        #expect(checkpoint.attachments == ["watermark": [1, 2, 3]])
        #expect(checkpoint.epoch == 2)
        #expect(try store.slots(of: (300..<900).map(key)).allSatisfy { $0 != KeyedStateStore.none })
        #expect(store.countInMemory == 600)
    }

    @Test(arguments: ["/state/epoch-1.state", "/state/epoch-2.state"])
    func `any damaged byte of a file is found when the state is loaded`(path: String) throws {
        let size = try written().read(path).count
        var dice = Dice(3)
        for _ in 0..<100 {
            let offset = dice.below(size)
            // The header's version and padding say nothing that the trailer does not.
            if (8..<16).contains(offset) { continue }
            let files = try written()
            try files.damage(path, at: offset, flipping: UInt8(1 << dice.below(8)))
            let (checkpoint, store) = checkpoint(files, budget: 30_000)
            let found = failure {
                _ = try checkpoint.load(epoch: 2)
                // With little memory, what was not loaded is looked at when it is needed.
                _ = try store.slots(of: (300..<900).map(key))
                _ = try store.allExpired(upTo: 5000) { store.modelEntry($0) }
            }
            switch found {
            case nil:
                // Only what nobody needs may be damaged without anybody noticing: the older epoch's manifest.
                #expect(path.contains("epoch-1"), "byte \(offset) of \(size)")
            case .corrupt(let place, let reason):
                #expect(place == path && !reason.isEmpty)
            case .incompatible: #expect(offset >= size - 24, "only the version is another")
            case .storage(let error): Issue.record("byte \(offset): \(error)")
            }
            if let found { #expect(found.message.contains(path) && !found.hint.isEmpty) }
        }
    }

    private func failure(_ body: () throws -> Void) -> StateError? {
        do {
            try body()
            return nil
        } catch {
            return error as? StateError
        }
    }

    @Test func `a file that was cut off at any length is refused`() throws {
        let path = "/state/epoch-2.state"
        let size = try written().read(path).count
        for length in stride(from: 0, to: size, by: 97) {
            let files = try written()
            try files.truncate(path, to: length)
            let found = failure { _ = try checkpoint(files).0.load(epoch: 2) }
            guard case .corrupt(path, _)? = found else {
                Issue.record("\(length) of \(size) bytes gave \(found as Any)")
                return
            }
        }
    }

    @Test func `a missing or exchanged file is refused`() throws {
        var files = try written()
        try files.remove("/state/epoch-1.state")
        #expect(throws: StateError.corrupt(path: "/state/epoch-1.state", reason: "the file is missing")) {
            _ = try checkpoint(files).0.load(epoch: 2)
        }
        #expect(throws: StateError.corrupt(path: "/state/epoch-9.state", reason: "the file is missing")) {
            _ = try checkpoint(files).0.load(epoch: 9)
        }
        files = try written()
        try files.rename("/state/epoch-2.state", to: "/state/epoch-1.state")
        #expect(
            throws: StateError.corrupt(path: "/state/epoch-1.state", reason: "it is the state of epoch 2")
        ) {
            _ = try checkpoint(files).0.load(epoch: 1)
        }
    }

    @Test func `a newer version's file is refused as such`() throws {
        let files = try written()
        let path = "/state/epoch-2.state"
        // The version stands 24 bytes from the end.
        try files.damage(path, at: try files.read(path).count - 24, flipping: 1)
        #expect(
            throws: StateError.incompatible(
                path: path, reason: "it has format 3, and this version reads format 2")
        ) { _ = try checkpoint(files).0.load(epoch: 2) }
    }

    @Test func `another plan's entries are refused, other stores are told`() throws {
        let files = try written()
        var plan = StateCheckpoint(
            directory: "/state", fileSystem: files, memory: StateMemory(budgetBytes: 1 << 20))
        _ = plan.addStore(
            StateLayout(name: "sessions", payloadBytes: 24, blobOffsets: [8], tracksExpiryOrder: true))
        #expect(throws: StateError.self) { _ = try plan.load(epoch: 2) }
        plan = StateCheckpoint(
            directory: "/state", fileSystem: files, memory: StateMemory(budgetBytes: 1 << 20))
        let other = plan.addStore(StateLayout(name: "other", payloadBytes: 0))
        #expect(try plan.load(epoch: 2) == StateLoad(added: ["other"], dropped: ["sessions"]))
        _ = try other.insert([key(1)])
        try plan.write(epoch: 3)
        try plan.discard(before: 3)
        #expect(try files.list("/state").map(\.name) == ["epoch-3.state"])
    }

    @Test func `a full disk stops the epoch and nothing else`() throws {
        let files = SimulatedFileSystem()
        let (checkpoint, store) = checkpoint(files)
        try checkpoint.startEmpty()
        _ = try store.insert((0..<500).map(key))
        files.limitCapacity(5000)
        for _ in 0..<3 {
            #expect(
                throws: StateError.storage(
                    .unavailable(path: "/state/open-0.state.tmp", reason: "no space left on device"))
            ) { try checkpoint.write(epoch: 1) }
        }
        // The epoch has ended nevertheless, and the next one may begin.
        #expect(store.changeCount == 0)
        _ = try store.insert((500..<600).map(key))
        files.limitCapacity(nil)
        try checkpoint.write(epoch: 1)
        let (again, loaded) = self.checkpoint(files)
        #expect(try again.load(epoch: 1) == .complete)
        #expect(loaded.countInMemory == 500)
        try checkpoint.write(epoch: 2)
        let (later, all) = self.checkpoint(files)
        #expect(try later.load(epoch: 2) == .complete)
        #expect(all.countInMemory == 600)
    }
}
