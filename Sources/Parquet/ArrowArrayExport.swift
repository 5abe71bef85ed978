import CParquet
import Columnar
import Glibc

/// Hands the columns of a batch to Arrow in the C data interface, without copying where the layouts agree.
///
/// All but three do: TIMESTAMP becomes microseconds, TIME becomes text, and text below an ARRAY, MAP or
/// STRUCT gets offsets.
final class ArrowArrayExport {
    // What Arrow reads lives here until it releases the array.
    private var columns: [Column] = []
    private var texts: [Buffer] = []
    private var bufferLists: [UnsafeMutablePointer<UnsafeRawPointer?>] = []
    private var childLists: [UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>] = []
    private var arrays: [UnsafeMutablePointer<ArrowArray>] = []
    private var sizeLists: [UnsafeMutablePointer<Int64>] = []

    private init() {}

    deinit {
        for list in bufferLists { list.deallocate() }
        for list in childLists { list.deallocate() }
        for array in arrays { array.deallocate() }
        for list in sizeLists { list.deallocate() }
    }

    /// A struct array of the batch's columns; whoever imports it releases it.
    static func export(
        _ batch: Batch, narrowing: (String) -> ParquetColumnOptions.Narrowing?
    ) -> ArrowArray {
        let export = ArrowArrayExport()
        var root = export.array(
            count: batch.count, validity: nil, buffers: [],
            children: zip(batch.columns, batch.schema.fields).map { column, field in
                guard let narrowing = narrowing(field.name),
                    let narrowed = NarrowedValues.make(of: column, as: narrowing)
                else { return export.array(column, isNested: false) }
                export.texts.append(narrowed)
                // The column's validity must outlive the array, too.
                export.columns.append(column)
                return export.array(
                    count: column.count, validity: column.validity, buffers: [narrowed.pointer],
                    children: [])
            })
        root.private_data = Unmanaged.passRetained(export).toOpaque()
        root.release = { array in
            guard let array, let data = array.pointee.private_data else { return }
            Unmanaged<ArrowArrayExport>.fromOpaque(data).release()
            array.pointee.private_data = nil
            array.pointee.release = nil
        }
        return root
    }

    private func array(_ original: Column, isNested: Bool) -> ArrowArray {
        let column = ArrowArrayExport.written(original)
        columns.append(column)
        let count = column.count
        switch column.storage {
        case .bits(let bits):
            return array(
                count: count, validity: column.validity, buffers: [bits.buffer.pointer], children: [])
        case .fixed(let values):
            return array(count: count, validity: column.validity, buffers: [values.pointer], children: [])
        case .views where isNested:
            let (offsets, text) = ArrowArrayExport.offsetsAndText(column)
            texts += [offsets, text]
            return array(
                count: count, validity: column.validity, buffers: [offsets.pointer, text.pointer],
                children: [])
        case .views(let views, let data):
            let sizes = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, data.count))
            sizeLists.append(sizes)
            for (index, buffer) in data.enumerated() { sizes[index] = Int64(buffer.capacity) }
            let buffers: [UnsafeRawPointer?] =
                [UnsafeRawPointer(views.pointer)]
                + data.map { UnsafeRawPointer($0.pointer) } + [UnsafeRawPointer(sizes)]
            return array(count: count, validity: column.validity, buffers: buffers, children: [])
        case .list(let offsets, let elements):
            return array(
                count: count, validity: column.validity, buffers: [offsets.pointer],
                children: [array(elements, isNested: true)])
        case .map(let offsets, let keys, let values):
            let entries = array(
                count: keys.count, validity: nil, buffers: [],
                children: [array(keys, isNested: true), array(values, isNested: true)])
            return array(
                count: count, validity: column.validity, buffers: [offsets.pointer], children: [entries])
        case .structure(let members):
            return array(
                count: count, validity: column.validity, buffers: [],
                children: members.map { array($0, isNested: true) })
        }
    }

    private func array(
        count: Int, validity: Bitmap?, buffers: [UnsafeRawPointer?], children: [ArrowArray]
    ) -> ArrowArray {
        var array = ArrowArray()
        array.length = Int64(count)
        array.null_count = validity.map { Int64(count - $0.countOfOnes) } ?? 0
        let list = UnsafeMutablePointer<UnsafeRawPointer?>.allocate(capacity: buffers.count + 1)
        list.initialize(to: validity.map { UnsafeRawPointer($0.buffer.pointer) })
        for (index, buffer) in buffers.enumerated() { (list + index + 1).initialize(to: buffer) }
        bufferLists.append(list)
        array.n_buffers = Int64(buffers.count + 1)
        array.buffers = list
        if !children.isEmpty {
            let places = UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>.allocate(
                capacity: children.count)
            childLists.append(places)
            for (index, child) in children.enumerated() {
                let place = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
                place.initialize(to: child)
                arrays.append(place)
                (places + index).initialize(to: place)
            }
            array.n_children = Int64(children.count)
            array.children = places
        }
        // Children go with the root: there is nothing of their own to free.
        array.release = { $0?.pointee.release = nil }
        return array
    }

    /// The column's bytes one after another, and `count + 1` Int64 offsets into them.
    private static func offsetsAndText(_ column: Column) -> (offsets: Buffer, text: Buffer) {
        let count = column.count
        let offsets = Buffer(capacity: (count + 1) * 8)
        let ends = offsets.pointer.assumingMemoryBound(to: Int64.self)
        ends[0] = 0
        for row in 0..<count { ends[row + 1] = ends[row] + Int64(column.views[row].length) }
        let text = Buffer(capacity: Int(ends[count]))
        for row in 0..<count {
            let bytes = column.bytes(at: row)
            if let base = bytes.baseAddress { memcpy(text.pointer + Int(ends[row]), base, bytes.count) }
        }
        return (offsets, text)
    }

    /// The column in the layout that the file has.
    private static func written(_ column: Column) -> Column {
        switch column.type {
        case .timestamp:
            let values = Buffer(capacity: column.count * 8)
            let out = values.pointer.assumingMemoryBound(to: Int64.self)
            let milliseconds = column.int64s
            // Beyond the years ±292,000 the time is held at the edge rather than wrapped into another era.
            let edge = Int64.max / 1000
            for row in 0..<column.count { out[row] = min(max(milliseconds[row], -edge), edge) &* 1000 }
            return .fixed(.timestamp, count: column.count, validity: column.validity, values: values)
        case .time: return column.timeTexts
        default: return column
        }
    }
}
