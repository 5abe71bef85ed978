import Storage

/// The state of a task: its stores, what of them is on disk, and the epochs to which it can go back.
///
/// Life of it: `addStore` for each store of the plan, `load` of the last epoch or `startEmpty`; then for each
/// epoch: use the stores, `write`, commit the sinks, mark the epoch as done, `discard` what came before.
/// `write` makes the epoch durable with one file, synchronised, renamed into place; only what changed is
/// written. Between rounds `maintain` keeps the stores within the budget. `pendingMerge` is work for another
/// thread.
///
/// Not thread-safe, nor may a store be in use while a method runs; what `pendingMerge` returns may run
/// meanwhile.
public final class StateCheckpoint {
    /// A file of the current state, in the order of age.
    struct LiveFile {
        let file: SegmentFile
        var entry: Manifest.File
        /// Where its sections begin.
        let sectionStarts: [Int]
    }

    let directory: String
    let fileSystem: any FileSystem
    let memory: StateMemory
    let open: OpenEpoch
    let merging = MergeSlot()

    /// The task's own values: watermarks, seeds, source positions. They are part of what is written and
    /// loaded.
    public var attachments: [String: [UInt8]] = [:]
    /// The epoch that was loaded or written last; nil at the start.
    public internal(set) var epoch: Int?

    /// In the order in which they were added.
    public internal(set) var stores: [KeyedStateStore] = []
    var files: [LiveFile] = []
    /// For each epoch that can be loaded, the names of its files.
    var retained: [(epoch: Int, names: Set<String>)] = []
    /// Files that something did not need any more; to be removed once nothing does.
    var obsolete: Set<String> = []
    /// The epoch that has ended and is not durable yet.
    var ended: (epoch: Int, file: EndedEpoch)?
    var nextFileNumber = 1
    var nextStoreNumber: UInt32 = 0

    /// - Parameters:
    ///   - directory: holds nothing else; is made by `load` or `startEmpty`.
    public init(directory: String, fileSystem: any FileSystem, memory: StateMemory) {
        self.directory = directory
        self.fileSystem = fileSystem
        self.memory = memory
        open = OpenEpoch(directory, fileSystem)
    }

    /// Adds an empty store. All stores are added before `load`, which fills them; names are unique.
    public func addStore(_ layout: StateLayout) -> KeyedStateStore {
        precondition(!stores.contains { $0.layout.name == layout.name }, "stores have different names")
        let disk = StoreDisk(number: nextStoreNumber, open: open)
        nextStoreNumber += 1
        let store = KeyedStateStore(layout, memory: memory, disk: disk)
        stores.append(store)
        return store
    }

    /// `maintain` for all stores.
    public func maintain() throws(StateError) {
        for store in stores { try store.maintain() }
    }

    /// Bytes of files that the current state refers to.
    public var diskBytes: Int { files.reduce(0) { $0 + $1.entry.byteCount } }

    /// Files that the current state refers to.
    public var fileCount: Int { files.count }

    /// Forgets the epochs before `epoch`, which was written and is done, and removes the files that only they
    /// need.
    public func discard(before epoch: Int) throws(StateError) {
        for past in retained where past.epoch < epoch { obsolete.formUnion(past.names) }
        retained.removeAll { $0.epoch < epoch }
        for name in obsolete.subtracting(needed).sorted() {
            try onDisk { () throws(StorageError) in
                do throws(StorageError) { try fileSystem.remove(path(name)) } catch .missing {}
            }
            obsolete.remove(name)
        }
    }

    func path(_ name: String) -> String { Path.join(directory, name) }

    /// The files that a retained epoch, the current state or a running merge refers to.
    private var needed: Set<String> {
        retained.reduce(into: Set(files.map(\.entry.name)).union(merging.names)) { $0.formUnion($1.names) }
    }

    /// Removes all other files of the state, whoever left them.
    func removeAllUnneeded() throws(StateError) {
        let needed = needed
        try onDisk { () throws(StorageError) in
            for entry in try fileSystem.list(directory) where !needed.contains(entry.name) {
                guard let kind = StateFileName(entry.name) else { continue }
                if case .temporary = kind { continue }
                do throws(StorageError) { try fileSystem.remove(path(entry.name)) } catch .missing {}
            }
        }
    }
}
