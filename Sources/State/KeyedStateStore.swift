import Columnar
import Glibc

/// Entries by key, in memory and beyond: the one mechanism below deduplication, windows, sessions, distinct
/// sets and tables.
///
/// An entry is a key's fingerprint, an expiry in ms of event time and a payload of fixed size. It is found by
/// its *slot*, which with its payload's address is valid until `maintain`. An entry is dead once it was
/// removed, or its expiry is at or below the watermark of the last `retire` or exhausted `takeExpired`: it is
/// never found again, but a changed entry's payload stays readable until `endEpoch`. Answers depend on the
/// order of calls alone, not on memory, batches or restarts.
///
/// Not thread-safe: one owner at a time. Stores of one task may be used by different threads at the same
/// time. One whose layout is shared may be looked at by others, between whose looks its owner works
/// (`exclusively`).
public final class KeyedStateStore {
    /// What stands for a slot where there is none.
    public static let none = UInt32.max

    public let layout: StateLayout
    /// Holds what blob references in payloads refer to.
    public let blobs = BlobHeap()

    @usableFromInline let bases: UnsafeMutablePointer<UInt>
    @usableFromInline let stride: Int
    var arena: EntryArena
    var index = SlotIndex()
    var queue = ExpiryQueue()
    var changes = ChangeList()
    /// Entries that died unchanged; their slots are free after the next `maintain`.
    var dying: [UInt32] = []
    /// Expired entries that `takeExpired` has yet to hand out.
    var expired = ExpiredEntries()
    /// Where the next sweep for dead entries starts.
    var sweepHand = 0
    var insertedSinceSweep = 0
    /// Takes the outcome of reads made for their effect on the cache, so that they are made.
    var sweepTrace: UInt8 = 0
    /// Rounds in a row in which most slots were free.
    var sparseRounds = 0
    /// Entries with an expiry up to here are dead.
    public internal(set) var retiredWatermark = Int64.min
    let memory: StateMemory?
    let disk: StoreDisk?
    /// Of a shared store; whoever works on it holds this.
    let lock: StoreLock?
    var countedBytes = 0

    /// A store that lives in memory only and for as long as it is referred to; `endEpoch` must still be
    /// called.
    public convenience init(_ layout: StateLayout) { self.init(layout, memory: nil, disk: nil) }

    init(_ layout: StateLayout, memory: StateMemory?, disk: StoreDisk?) {
        self.layout = layout
        self.memory = memory
        self.disk = disk
        lock = layout.isShared ? StoreLock() : nil
        arena = EntryArena(stride: 24 + layout.payloadBytes)
        bases = arena.bases
        stride = arena.stride
    }

    deinit {
        releaseAllBlobs()
        arena.deallocate()
        index.deallocate()
        memory?.add(-countedBytes)
    }

    /// Entries in memory, those included that have died and were not swept yet.
    public var countInMemory: Int { arena.usedCount }

    /// Bytes held now.
    public var memoryBytes: Int {
        512 + arena.memoryBytes + index.memoryBytes + queue.memoryBytes + blobs.allocatedBytes
            + changes.memoryBytes + dying.capacity * 4 + expired.memoryBytes + (disk?.memoryBytes ?? 0)
    }

    @inlinable @inline(__always)
    func entry(_ slot: UInt32) -> UnsafeMutableRawPointer {
        // As in EntryArena.address, which cannot be seen from other modules.
        let position = UInt(slot) &+ 16
        let chunk = Int(truncatingIfNeeded: Double(Int64(slot) &+ 16).bitPattern &>> 52) &- 1023
        return UnsafeMutableRawPointer(bitPattern: bases[chunk] &+ position &* UInt(bitPattern: stride))
            .unsafelyUnwrapped
    }

    @inlinable @inline(__always)
    func word(_ slot: UInt32) -> Int64 { entry(slot).load(fromByteOffset: 16, as: Int64.self) }

    @inlinable @inline(__always)
    func setWord(_ word: Int64, _ slot: UInt32) {
        entry(slot).storeBytes(of: word, toByteOffset: 16, as: Int64.self)
    }

    /// Where the entry's payload is, aligned to 8 bytes.
    ///
    /// After writing there, call `markChanged`.
    @inlinable @inline(__always)
    public func payload(of slot: UInt32) -> UnsafeMutableRawPointer { entry(slot) + 24 }

    @inlinable
    public func key(of slot: UInt32) -> Fingerprint { entry(slot).load(as: Fingerprint.self) }

    /// Event time in ms at which the entry dies; `Int64.max` is never, and what a new entry has.
    @inlinable @inline(__always)
    public func expiry(of slot: UInt32) -> Int64 { EntryWord.expiry(word(slot)) }

    /// Whether the entry, of a changed slot, has died since.
    public func isDead(_ slot: UInt32) -> Bool {
        let word = word(slot)
        return word & EntryWord.removed != 0 || word <= EntryWord.bound(retiredWatermark)
    }

    /// Gives the entry another expiry, and marks it as changed if it differs.
    public func setExpiry(_ expiry: Int64, of slot: UInt32) {
        let old = word(slot)
        let new = EntryWord.encoded(expiry)
        guard new != old & ~EntryWord.flags else { return }
        var flags = old & EntryWord.flags
        if new < old & ~EntryWord.flags {
            // What is on disk may outlive this version.
            if flags & EntryWord.stored != 0 { flags |= EntryWord.masks }
            if layout.tracksExpiryOrder {
                precondition(
                    expiry > retiredWatermark,
                    "an entry that is taken when it expires is given a later expiry")
                queue.add(EntryWord.expiry(new), slot)
            }
        }
        setWord(new | flags, slot)
        markChanged(slot)
    }

    /// Puts the entry among the epoch's changes, those to be persisted and reported.
    @inlinable @inline(__always)
    public func markChanged(_ slot: UInt32) {
        let word = word(slot)
        if word & EntryWord.changed != EntryWord.changed { list(slot, word) }
    }

    @usableFromInline @inline(never)
    func list(_ slot: UInt32, _ word: Int64) {
        // A listed entry that is not dirty came back from disk: it is in the list already, by its key.
        if word & EntryWord.listed == 0 { changes.append(slot) }
        setWord(word | EntryWord.changed, slot)
    }

    /// The entry dies at once. Its payload can be read until `maintain` or `takeExpired`, or where changes
    /// are reported until `endEpoch`.
    public func remove(_ slot: UInt32) {
        let word = word(slot)
        guard word & EntryWord.removed == 0 else { return }
        setWord(word | EntryWord.removed, slot)
        if layout.reportsChanges || word & EntryWord.stored != 0 {
            markChanged(slot)
        } else if word & EntryWord.dirty == 0 {
            dying.append(slot)
        }
    }

    /// Entries with an expiry of up to `watermark` are dead from now on. Takes no time; memory is freed bit
    /// by bit.
    public func retire(upTo watermark: Int64) {
        retiredWatermark = max(retiredWatermark, min(watermark, .max - 1))
    }

    func releaseBlobs(of slot: UInt32) {
        for offset in layout.blobOffsets { blobs.release(at: payload(of: slot) + offset) }
    }

    private func releaseAllBlobs() {
        guard !layout.blobOffsets.isEmpty, blobs.allocatedBytes > 0 else { return }
        for slot in 0..<UInt32(arena.slotCount) where word(slot) & EntryWord.used != 0 {
            releaseBlobs(of: slot)
        }
    }
}
