import Glibc
import Synchronization

/// Blocks of memory that were used and will be again, by size.
///
/// Every round asks for the same sizes as the one before and gives them back from other threads. The
/// general allocator answers that with fresh pages, which the kernel must clear, and with holes.
///
/// Sizes are rounded up to four steps for each doubling, so a block is at most a quarter larger than asked
/// for. Safe to use from many threads.
enum BufferPool {
    /// Smaller blocks are left to the general allocator, and so are larger ones.
    private static let smallest = 1 << 10
    private static let largest = 4 << 20
    /// At most so many bytes wait for their next use.
    private static let byteLimit = 48 << 20
    private static let stepsPerDoubling = 4
    static let alignment = 64

    /// Free blocks of one size: each holds the address of the next in its first word.
    private final class Shelf: Sendable {
        private let first = Mutex<UInt>(0)

        func take() -> UnsafeMutableRawPointer? {
            first.withLock { first in
                guard let block = UnsafeMutableRawPointer(bitPattern: first) else { return nil }
                first = block.load(as: UInt.self)
                return block
            }
        }

        func put(_ block: UnsafeMutableRawPointer) {
            let address = UInt(bitPattern: block)
            first.withLock { first in
                UnsafeMutableRawPointer(bitPattern: address)?.storeBytes(of: first, as: UInt.self)
                first = address
            }
        }
    }

    private static let shelves: [Shelf] = (0...shelf(of: largest).number).map { _ in Shelf() }
    private static let waitingBytes = Atomic<Int>(0)

    /// The shelf for so many bytes, and the size of its blocks.
    private static func shelf(of bytes: Int) -> (number: Int, blockBytes: Int) {
        let most = max(bytes, smallest) - 1
        let doubling = Int.bitWidth - 1 - most.leadingZeroBitCount
        let step = 1 << (doubling - 2)
        let position = most >> (doubling - 2)
        let first = Int.bitWidth - 1 - (smallest - 1).leadingZeroBitCount
        let number = (doubling - first) * stepsPerDoubling + (position & (stepsPerDoubling - 1))
        return (number, (position + 1) * step)
    }

    private static func isKept(_ bytes: Int) -> Bool { bytes >= smallest && bytes <= largest }

    /// Memory for `bytes`, with undefined contents.
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard isKept(bytes) else { return .allocate(byteCount: bytes, alignment: alignment) }
        let (number, blockBytes) = shelf(of: bytes)
        if let block = shelves[number].take() {
            waitingBytes.subtract(blockBytes, ordering: .relaxed)
            return block
        }
        return .allocate(byteCount: blockBytes, alignment: alignment)
    }

    /// Takes memory back that `allocate` gave for as many bytes.
    static func free(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
        guard isKept(bytes) else { return block.deallocate() }
        let (number, blockBytes) = shelf(of: bytes)
        let waiting = waitingBytes.add(blockBytes, ordering: .relaxed).newValue
        if waiting > byteLimit {
            waitingBytes.subtract(blockBytes, ordering: .relaxed)
            block.deallocate()
        } else {
            shelves[number].put(block)
        }
    }
}
