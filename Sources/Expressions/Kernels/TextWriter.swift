import Columnar
import Glibc

/// Writes the rows of a STRING or BYTES column in any order, each at most once; rows that are not written
/// are empty.
///
/// Values can also be shared: views into data buffers that were named at the start cost no copy.
struct TextWriter {
    private let buffer: Buffer
    private let views: UnsafeMutablePointer<StringView>
    private var data: [Buffer]
    private var chunk: UnsafeMutableRawPointer
    private var used = 0
    private var capacity = 0

    /// - Parameter shared: data buffers that written views may point into; views keep their buffer's index.
    init(count: Int, sharing shared: [Buffer] = []) {
        buffer = Buffer(capacity: count * 16, zeroed: true)
        views = buffer.pointer.assumingMemoryBound(to: StringView.self)
        data = shared
        chunk = buffer.pointer
    }

    /// Room for `bytes` bytes, to be filled before the next call.
    @inline(__always)
    mutating func room(_ bytes: Int) -> UnsafeMutableRawPointer {
        // A short value is read as 12 bytes whatever its length: keep that much room.
        if used &+ bytes &+ 16 > capacity { grow(bytes) }
        return chunk + used
    }

    private mutating func grow(_ bytes: Int) {
        let size = max(bytes + 16, min(max(4096, capacity * 2), 1 << 22))
        let next = Buffer(capacity: size)
        data.append(next)
        chunk = next.pointer
        capacity = size
        used = 0
    }

    /// Ends a value of `length` bytes in the last `room`.
    @inline(__always)
    mutating func commit(_ row: Int, length: Int) {
        views[row] = StringView(base: chunk, buffer: data.count &- 1, offset: used, length: length)
        if length > StringView.inlineLimit { used &+= length }
    }

    @inline(__always)
    mutating func write(_ row: Int, _ bytes: UnsafeRawBufferPointer) {
        let target = room(bytes.count)
        if let base = bytes.baseAddress { memcpy(target, base, bytes.count) }
        commit(row, length: bytes.count)
    }

    mutating func write(_ row: Int, _ text: String) {
        var text = text
        text.withUTF8 { write(row, UnsafeRawBufferPointer($0)) }
    }

    mutating func write(_ row: Int, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write(row, $0) }
    }

    /// A view that is short or points into a shared buffer.
    @inline(__always)
    mutating func share(_ row: Int, _ view: StringView) { views[row] = view }

    /// Bytes `range` of a row of the column whose buffers are shared, without a copy.
    @inline(__always)
    mutating func share(_ row: Int, _ column: Column, at source: Int, from start: Int, length: Int) {
        let view = column.views[source]
        if view.isInline {
            // The short value's tail may end outside of the view: copy it out first.
            var padded: (UInt64, UInt64, UInt64) = (view.low >> 32 | view.high << 32, view.high >> 32, 0)
            views[row] = withUnsafeBytes(of: &padded) { raw in
                raw.baseAddress.map { StringView(short: $0 + start, length: length) } ?? StringView()
            }
        } else {
            let index = view.bufferIndex
            views[row] = StringView(
                base: column.dataBases[index], buffer: index, offset: view.offset + start, length: length)
        }
    }

    func finish(_ type: DataType, count: Int, validity: Bitmap?) -> Column {
        Column(type: type, count: count, validity: validity, storage: .views(buffer, data: data))
    }
}

extension Invocation {
    /// The column that `writer` has written; failed rows are NULL.
    func texts(_ writer: TextWriter) -> Column {
        writer.finish(type, count: count, validity: failures.removed(from: validity))
    }
}
