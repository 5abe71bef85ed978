import Columnar

/// A number for each key, such as the file that holds its row: open addressing with linear probing over
/// fingerprints.
///
/// 20 bytes a slot, at most 70 % of them taken. Used by one owner at a time.
final class KeyMap {
    private var keys: UnsafeMutablePointer<Fingerprint>
    /// `vacant` where a slot is empty.
    private var files: UnsafeMutablePointer<Int32>
    private var capacity: Int
    private(set) var count = 0

    private static let vacant: Int32 = -1

    init(expecting expected: Int = 0) {
        capacity = KeyMap.capacity(for: expected)
        (keys, files) = KeyMap.allocate(capacity)
    }

    deinit {
        keys.deallocate()
        files.deallocate()
    }

    private static func capacity(for count: Int) -> Int {
        var capacity = 1024
        while capacity * 7 / 10 < count { capacity *= 2 }
        return capacity
    }

    private static func allocate(
        _ capacity: Int
    ) -> (UnsafeMutablePointer<Fingerprint>, UnsafeMutablePointer<Int32>) {
        let files = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
        files.initialize(repeating: vacant, count: capacity)
        return (UnsafeMutablePointer<Fingerprint>.allocate(capacity: capacity), files)
    }

    /// Bytes held.
    var byteCount: Int { capacity * (MemoryLayout<Fingerprint>.size + 4) }

    /// The slot of the key, or the empty one where it would be.
    private func slot(of key: Fingerprint) -> Int {
        let mask = capacity &- 1
        var slot = Int(truncatingIfNeeded: key.low) & mask
        while files[slot] != KeyMap.vacant, keys[slot] != key { slot = (slot &+ 1) & mask }
        return slot
    }

    subscript(key: Fingerprint) -> Int32? {
        let file = files[slot(of: key)]
        return file == KeyMap.vacant ? nil : file
    }

    func set(_ key: Fingerprint, to file: Int32) {
        var slot = slot(of: key)
        if files[slot] == KeyMap.vacant {
            if (count + 1) * 10 > capacity * 7 {
                rebuild(capacity: capacity * 2) { _ in true }
                slot = self.slot(of: key)
            }
            keys[slot] = key
            count += 1
        }
        files[slot] = file
    }

    func remove(_ key: Fingerprint) {
        let mask = capacity &- 1
        var hole = slot(of: key)
        guard files[hole] != KeyMap.vacant else { return }
        count -= 1
        // Moves back what would no longer be found across the hole.
        var next = (hole &+ 1) & mask
        while files[next] != KeyMap.vacant {
            let home = Int(truncatingIfNeeded: keys[next].low) & mask
            if (next &- home) & mask >= (next &- hole) & mask {
                keys[hole] = keys[next]
                files[hole] = files[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        files[hole] = KeyMap.vacant
    }

    /// Forgets the keys of files that `isKept` refuses, and the memory that they took.
    func keep(_ isKept: (Int32) -> Bool) {
        var kept = 0
        for slot in 0..<capacity where files[slot] != KeyMap.vacant && isKept(files[slot]) { kept += 1 }
        rebuild(capacity: KeyMap.capacity(for: kept * 5 / 4), isKept)
    }

    /// Gives each key's file the number that `renumber` has for it; a negative one forgets the key.
    func renumber(_ number: (Int32) -> Int32) {
        for slot in 0..<capacity where files[slot] != KeyMap.vacant { files[slot] = number(files[slot]) }
        let (oldKeys, oldFiles, oldCapacity) = (keys, files, capacity)
        (keys, files) = KeyMap.allocate(oldCapacity)
        count = 0
        for slot in 0..<oldCapacity where oldFiles[slot] >= 0 { set(oldKeys[slot], to: oldFiles[slot]) }
        oldKeys.deallocate()
        oldFiles.deallocate()
    }

    private func rebuild(capacity newCapacity: Int, _ isKept: (Int32) -> Bool) {
        let (oldKeys, oldFiles, oldCapacity) = (keys, files, capacity)
        capacity = newCapacity
        (keys, files) = KeyMap.allocate(newCapacity)
        count = 0
        for slot in 0..<oldCapacity where oldFiles[slot] != KeyMap.vacant && isKept(oldFiles[slot]) {
            let place = self.slot(of: oldKeys[slot])
            keys[place] = oldKeys[slot]
            files[place] = oldFiles[slot]
            count += 1
        }
        oldKeys.deallocate()
        oldFiles.deallocate()
    }
}
