/// Ready-made pieces of lines (names, URLs, keys), encoded once and copied by number.
///
/// Immutable after `init`, therefore safe to share; the memory is freed with the table. Copies go in
/// blocks of 16 bytes, so up to 15 bytes beyond a piece are read here and overwritten at the target:
/// the blob ends with that much padding, and a target must have ``slack`` bytes of room to spare.
final class FragmentTable: @unchecked Sendable {
    static let slack = 16

    private struct Span {
        var offset: UInt32
        var length: UInt32
    }

    private let bytes: UnsafeMutableRawPointer
    private let spans: UnsafeMutablePointer<Span>
    private let count: Int

    init(_ fragments: [[UInt8]]) {
        let total = fragments.reduce(0) { $0 + $1.count }
        count = fragments.count
        bytes = .allocate(byteCount: total + Self.slack, alignment: 16)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: total + Self.slack)
        spans = .allocate(capacity: max(1, fragments.count))
        var offset = 0
        for (index, fragment) in fragments.enumerated() {
            UnsafeMutableRawBufferPointer(start: bytes + offset, count: fragment.count)
                .copyBytes(from: fragment)
            (spans + index).initialize(to: Span(offset: UInt32(offset), length: UInt32(fragment.count)))
            offset += fragment.count
        }
    }

    deinit {
        bytes.deallocate()
        spans.deallocate()
    }

    /// Copies piece `index` to `cursor` and moves it behind the piece.
    @inline(__always)
    func copy(_ index: Int, to cursor: inout UnsafeMutableRawPointer) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such fragment")
        let span = spans[index]
        let source = UnsafeRawPointer(bytes) + Int(span.offset)
        let length = Int(span.length)
        var done = 0
        repeat {
            let block = (source + done).loadUnaligned(as: SIMD16<UInt8>.self)
            (cursor + done).storeBytes(of: block, as: SIMD16<UInt8>.self)
            done += 16
        } while done < length
        cursor += length
    }
}
