import Glibc

/// The memory of a store's entries: `stride` bytes each, numbered by slot, never moved by growth.
///
/// Chunks double in size: chunk c holds 2ᶜ entries, from c = 4 on, so that a slot's place takes one look at
/// a small table, and an empty arena holds nothing. A free slot's first word is the next free slot.
struct EntryArena {
    static let firstChunk = 4
    static let chunkLimit = 31
    private static let mappedFromBytes = 128 << 10

    /// For each chunk its start, less what `address` adds for its first slot.
    let bases: UnsafeMutablePointer<UInt>
    let stride: Int
    /// Slots from here on have never been used, or have been given back.
    private(set) var slotCount = 0
    private(set) var freeCount = 0
    private var firstFree = UInt32.max
    private var chunkEnd = EntryArena.firstChunk
    /// Bytes of the chunks below `mappedFromBytes`, which are paid in full.
    private var heapBytes = 0

    init(stride: Int) {
        self.stride = stride
        bases = .allocate(capacity: EntryArena.chunkLimit + 1)
        bases.initialize(repeating: 0, count: EntryArena.chunkLimit + 1)
    }

    func deallocate() {
        for chunk in EntryArena.firstChunk..<chunkEnd { free(chunk: chunk) }
        bases.deallocate()
    }

    /// Bytes of memory that entries take or took; unused parts of mapped chunks take none.
    var memoryBytes: Int {
        var bytes = heapBytes
        if let chunk = (EntryArena.firstChunk..<chunkEnd).first(where: isMapped) {
            bytes += max(0, slotCount - (1 << chunk) + (1 << EntryArena.firstChunk)) * stride
        }
        return bytes
    }

    var usedCount: Int { slotCount - freeCount }

    @inline(__always)
    func address(_ slot: UInt32) -> UnsafeMutableRawPointer {
        EntryArena.address(slot, bases, stride)
    }

    @inline(__always)
    static func address(
        _ slot: UInt32, _ bases: UnsafeMutablePointer<UInt>, _ stride: Int
    ) -> UnsafeMutableRawPointer {
        let position = UInt(slot) &+ 16
        // The exponent is the highest bit's number. The machine's own instruction for that waits for what its
        // target register held before, which can make each look-up wait for the one before it.
        let chunk = Int(truncatingIfNeeded: Double(Int64(slot) &+ 16).bitPattern &>> 52) &- 1023
        return UnsafeMutableRawPointer(bitPattern: bases[chunk] &+ position &* UInt(bitPattern: stride))
            .unsafelyUnwrapped
    }

    /// A slot whose contents are undefined.
    mutating func allocate() -> UInt32 {
        if firstFree != .max {
            let slot = firstFree
            firstFree = address(slot).load(as: UInt32.self)
            freeCount -= 1
            return slot
        }
        let position = slotCount + (1 << EntryArena.firstChunk)
        if position == 1 << chunkEnd { addChunk() }
        slotCount += 1
        return UInt32(truncatingIfNeeded: slotCount - 1)
    }

    /// Takes the slot back. The word with the flags is cleared.
    mutating func release(_ slot: UInt32) {
        let entry = address(slot)
        entry.storeBytes(of: 0, toByteOffset: 16, as: Int64.self)
        entry.storeBytes(of: firstFree, as: UInt32.self)
        firstFree = slot
        freeCount += 1
    }

    /// Gives back all slots from `count` on; below it none may be free.
    mutating func shrink(to count: Int) {
        slotCount = count
        freeCount = 0
        firstFree = .max
        let position = count + (1 << EntryArena.firstChunk)
        while chunkEnd > EntryArena.firstChunk, 1 << (chunkEnd - 1) >= position {
            chunkEnd -= 1
            free(chunk: chunkEnd)
            if !isMapped(chunkEnd) { heapBytes -= stride << chunkEnd }
        }
        // What is left of the last chunk keeps its addresses but not its memory.
        let last = chunkEnd - 1
        guard last >= EntryArena.firstChunk, isMapped(last), position < 1 << chunkEnd else { return }
        let page = 4096
        let from = (Int(bitPattern: address(UInt32(count))) + page - 1) / page * page
        let end = Int(bitPattern: start(of: last)) + (stride << last)
        if from < end { madvise(UnsafeMutableRawPointer(bitPattern: from), end - from, MADV_DONTNEED) }
    }

    private func isMapped(_ chunk: Int) -> Bool { stride << chunk >= EntryArena.mappedFromBytes }

    private func start(of chunk: Int) -> UnsafeMutableRawPointer {
        EntryArena.address(UInt32((1 << chunk) - (1 << EntryArena.firstChunk)), bases, stride)
    }

    private mutating func addChunk() {
        precondition(chunkEnd < EntryArena.chunkLimit, "a store has at most two billion entries")
        let bytes = stride << chunkEnd
        let memory: UnsafeMutableRawPointer?
        if isMapped(chunkEnd) {
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
            memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
            precondition(memory != MAP_FAILED, "out of memory")
        } else {
            memory = malloc(bytes)
            heapBytes += bytes
        }
        guard let memory else { preconditionFailure("out of memory") }
        bases[chunkEnd] = UInt(bitPattern: memory) &- UInt(stride << chunkEnd)
        chunkEnd += 1
    }

    private func free(chunk: Int) {
        if isMapped(chunk) {
            munmap(start(of: chunk), stride << chunk)
        } else {
            Glibc.free(start(of: chunk))
        }
        bases[chunk] = 0
    }
}
