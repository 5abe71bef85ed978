import Columnar

/// A column as an encoder's loop sees it.
struct EncodedColumn {
    let kind: FieldKind
    let scale: Int
    let values: UnsafeRawPointer
    /// nil when no row is NULL.
    let validity: UnsafePointer<UInt64>?
    let bases: UnsafeMutablePointer<UnsafeRawPointer>
    /// First of the children in the batch's list: element; key and value; members.
    let firstChild: Int
    let childCount: Int

    @inline(__always)
    func isNull(_ row: Int) -> Bool {
        guard let validity else { return false }
        return validity[row >> 6] >> UInt64(row & 63) & 1 == 0
    }

    @inline(__always)
    func int32(_ row: Int) -> Int32 { values.load(fromByteOffset: row &* 4, as: Int32.self) }

    @inline(__always)
    func int64(_ row: Int) -> Int64 { values.load(fromByteOffset: row &* 8, as: Int64.self) }

    @inline(__always)
    func double(_ row: Int) -> Double { values.load(fromByteOffset: row &* 8, as: Double.self) }

    @inline(__always)
    func decimal(_ row: Int) -> Int128 { values.load(fromByteOffset: row &* 16, as: Int128.self) }

    @inline(__always)
    func boolean(_ row: Int) -> Bool {
        values.load(fromByteOffset: row >> 6 &* 8, as: UInt64.self) >> UInt64(row & 63) & 1 != 0
    }

    @inline(__always)
    func bytes(_ row: Int) -> UnsafeRawBufferPointer {
        let place = values + row &* 16
        let view = place.load(as: StringView.self)
        let start = view.isInline ? place + 4 : bases[view.bufferIndex] + view.offset
        return UnsafeRawBufferPointer(start: start, count: view.length)
    }

    /// The child rows of an ARRAY or MAP row.
    @inline(__always)
    func elements(_ row: Int) -> Range<Int> { Int(int32(row))..<Int(int32(row &+ 1)) }
}

/// The columns of a batch, laid out for encoders; keeps the batch alive.
public final class EncodedBatch {
    let columns: UnsafeMutablePointer<EncodedColumn>
    private let count: Int
    private let batch: Batch

    public init(_ batch: Batch) {
        var all: [EncodedColumn?] = batch.columns.map { _ in nil }
        for (index, column) in batch.columns.enumerated() {
            all[index] = EncodedBatch.add(column, to: &all)
        }
        let columns = all.compactMap { $0 }
        count = columns.count
        self.columns = .allocate(capacity: max(1, columns.count))
        self.columns.initialize(from: columns, count: columns.count)
        self.batch = batch
    }

    deinit { columns.deallocate() }

    /// Lays out the column and, behind what is there, its children; neighbours stay neighbours.
    private static func add(_ column: Column, to all: inout [EncodedColumn?]) -> EncodedColumn {
        let children = column.children
        let firstChild = all.count
        all += children.map { _ in nil }
        for (index, child) in children.enumerated() { all[firstChild + index] = add(child, to: &all) }
        var scale = 0
        if case .decimal(_, let digits) = column.type { scale = digits }
        let values: UnsafeRawPointer
        if case .bits(let bits) = column.storage {
            values = UnsafeRawPointer(bits.words)
        } else {
            values = UnsafeRawPointer(column.int64s)
        }
        return EncodedColumn(
            kind: FieldKind(column.type), scale: scale, values: values,
            validity: column.validity.map { UnsafePointer($0.words) }, bases: column.dataBases,
            firstChild: firstChild, childCount: children.count)
    }
}
