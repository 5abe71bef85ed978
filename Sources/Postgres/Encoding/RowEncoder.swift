import Columnar
import Formats

/// Batches of one schema into rows of binary COPY.
///
/// ```
/// row     | fields: Int16 | field … |
/// field   | length: Int32, −1 for NULL | value |
/// ```
/// Nothing is allocated for a row. For one thread at a time.
final class RowEncoder {
    private let schema: Schema
    private let wires: [WireType]
    private let json: [JSONEncoder?]
    private let text = ByteWriter()

    /// - Parameter wires: for each column the type that the server reads it as, which takes the column's.
    init(schema: Schema, wires: [WireType]) {
        self.schema = schema
        self.wires = wires
        json = zip(schema.fields, wires).map { field, wire in
            if case .array = wire { return nil }
            guard field.type.isNested else { return nil }
            return JSONEncoder(schema: Schema([field]), isWrapped: false, times: .iso8601)
        }
    }

    func encode(_ batch: Batch) -> WireRows {
        var cells: [WireCell] = []
        for (column, wire) in zip(batch.columns, wires) { cells.append(WireCell(column, wire, child: -1)) }
        for (index, column) in batch.columns.enumerated() {
            guard case .array(let element, _) = wires[index], let child = column.children.first else {
                continue
            }
            cells[index] = WireCell(column, wires[index], child: cells.count)
            cells.append(WireCell(child, element, child: -1))
        }
        let nested = zip(batch.columns, zip(schema.fields, json)).map { column, kind in
            kind.1.map { _ in
                EncodedBatch(Batch(schema: Schema([kind.0]), columns: [column], count: batch.count))
            }
        }
        let writer = WireWriter(capacity: batch.count * (16 + 16 * wires.count))
        var starts: [Int] = []
        starts.reserveCapacity(batch.count + 1)
        var faults: [WireRows.Fault] = []
        cells.withUnsafeBufferPointer { cells in
            for row in 0..<batch.count {
                let start = writer.count
                starts.append(start)
                writer.append(Int16(truncatingIfNeeded: wires.count))
                for index in 0..<wires.count {
                    var fault: ServerMessage?
                    if let encoder = json[index], let values = nested[index] {
                        append(values, encoder, cells[index], row, to: writer)
                    } else {
                        fault = append(cells, index, row, to: writer)
                    }
                    guard let fault else { continue }
                    faults.append(WireRows.Fault(row: row, message: named(fault, index)))
                    writer.truncate(to: start)
                    break
                }
            }
        }
        starts.append(writer.count)
        return WireRows(batch: batch, writer: writer, starts: starts, faults: faults)
    }

    private func named(_ fault: ServerMessage, _ index: Int) -> ServerMessage {
        ServerMessage(
            sqlState: fault.sqlState, message: "column \"\(schema[index].name)\": \(fault.message)")
    }

    private func append(
        _ values: EncodedBatch, _ encoder: JSONEncoder, _ cell: WireCell, _ row: Int, to out: WireWriter
    ) {
        if cell.isNull(row) { return out.append(Int32(-1)) }
        text.removeAll()
        _ = encoder.append(row: row, of: values, to: text)
        let isBinary = cell.conversion == .nestedJSONB
        out.append(Int32(truncatingIfNeeded: text.count + (isBinary ? 1 : 0)))
        if isBinary { out.append(Self.jsonbVersion) }
        out.append(text.bytes)
    }

    private static let jsonbVersion: UInt8 = 1
    /// From 1970-01-01 to 2000-01-01, where PostgreSQL's time begins.
    private static let daysBefore2000: Int32 = 10_957
    private static let millisecondsBefore2000: Int64 = 946_684_800_000

    /// A field; what is returned says why it can't be written.
    @inline(__always)
    private func append(
        _ cells: UnsafeBufferPointer<WireCell>, _ index: Int, _ row: Int, to out: WireWriter
    ) -> ServerMessage? {
        let cell = cells[index]
        if cell.isNull(row) {
            out.append(Int32(-1))
            return nil
        }
        switch cell.conversion {
        case .boolean:
            out.append(Int32(1))
            out.append(cell.boolean(row) ? 1 : 0 as UInt8)
        case .int32:
            out.append(Int32(4))
            out.append(cell.int32(row))
        case .int64:
            out.append(Int32(8))
            out.append(cell.int64(row))
        case .int32ToInt8:
            out.append(Int32(8))
            out.append(Int64(cell.int32(row)))
        case .int32ToInt2: return append(small: Int64(cell.int32(row)), to: out)
        case .int64ToInt2: return append(small: cell.int64(row), to: out)
        case .int64ToInt4:
            guard let value = Int32(exactly: cell.int64(row)) else {
                return Self.outOfRange("integer", cell.int64(row))
            }
            out.append(Int32(4))
            out.append(value)
        case .float8:
            out.append(Int32(8))
            out.append(Int64(bitPattern: cell.double(row).bitPattern))
        case .float4:
            out.append(Int32(4))
            out.append(Int32(bitPattern: Float(cell.double(row)).bitPattern))
        case .decimal: out.append(numeric: cell.decimal(row), scale: cell.scale)
        case .integerNumeric: out.append(numeric: Int128(cell.int32(row)), scale: 0)
        case .bigintNumeric: out.append(numeric: Int128(cell.int64(row)), scale: 0)
        case .bytes, .json:
            let value = cell.bytes(row)
            out.append(Int32(truncatingIfNeeded: value.count))
            out.append(value)
        case .jsonb:
            let value = cell.bytes(row)
            out.append(Int32(truncatingIfNeeded: value.count + 1))
            out.append(Self.jsonbVersion)
            out.append(value)
        case .uuid: return append(uuid: cell.bytes(row), to: out)
        case .date:
            out.append(Int32(4))
            out.append(cell.int32(row) &- Self.daysBefore2000)
        case .time:
            out.append(Int32(8))
            out.append(Int64(cell.int32(row)) &* 1000)
        case .timestamp: return append(timestamp: cell.int64(row), to: out)
        case .array: return append(arrayOf: cells, cell, row, to: out)
        case .nestedText, .nestedJSONB: out.append(Int32(-1))
        }
        return nil
    }

    private func append(small value: Int64, to out: WireWriter) -> ServerMessage? {
        guard let small = Int16(exactly: value) else { return Self.outOfRange("smallint", value) }
        out.append(Int32(2))
        out.append(small)
        return nil
    }

    private static func outOfRange(_ type: String, _ value: Int64) -> ServerMessage {
        ServerMessage(sqlState: "22003", message: "value \(value) is out of range for type \(type)")
    }

    private func append(timestamp milliseconds: Int64, to out: WireWriter) -> ServerMessage? {
        let (shifted, isBelow) = milliseconds.subtractingReportingOverflow(Self.millisecondsBefore2000)
        let (micros, isBeyond) = shifted.multipliedReportingOverflow(by: 1000)
        guard !isBelow, !isBeyond else {
            return ServerMessage(
                sqlState: "22008", message: "timestamp out of range: \(milliseconds) ms since 1970")
        }
        out.append(Int32(8))
        out.append(micros)
        return nil
    }

    /// 32 hexadecimal digits, with hyphens and braces where people put them.
    private func append(uuid text: UnsafeRawBufferPointer, to out: WireWriter) -> ServerMessage? {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte &- 48
            case 65...70: digit = byte &- 55
            case 97...102: digit = byte &- 87
            case 0x2D where digits > 0 && digits % 4 == 0: continue
            case 0x7B where digits == 0: continue
            case 0x7D where digits == 32: continue
            default: return Self.noUUID(text)
            }
            digits += 1
            if digits > 32 { return Self.noUUID(text) }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        guard digits == 32 else { return Self.noUUID(text) }
        out.append(Int32(16))
        out.append(Int64(bitPattern: high))
        out.append(Int64(bitPattern: low))
        return nil
    }

    private static func noUUID(_ text: UnsafeRawBufferPointer) -> ServerMessage {
        ServerMessage(
            sqlState: "22P02",
            message:
                "invalid input syntax for type uuid: \"\(String(decoding: text.prefix(80), as: UTF8.self))\"")
    }

    /// Dimensions, whether NULLs may come, the elements' type; of the dimension its length and lower bound.
    private func append(
        arrayOf cells: UnsafeBufferPointer<WireCell>, _ cell: WireCell, _ row: Int, to out: WireWriter
    ) -> ServerMessage? {
        let (start, end) = (Int(cell.int32(row)), Int(cell.int32(row + 1)))
        let place = out.count
        out.append(Int32(0))
        out.append(Int32(end > start ? 1 : 0))
        out.append(Int32(1))
        out.append(Int32(bitPattern: cell.elementOID))
        if end > start {
            out.append(Int32(end - start))
            out.append(Int32(1))
        }
        for element in start..<end {
            if let fault = appendElement(cells, cell.child, element, to: out) { return fault }
        }
        out.setLength(at: place)
        return nil
    }

    /// Elements are no arrays, so this ends.
    private func appendElement(
        _ cells: UnsafeBufferPointer<WireCell>, _ index: Int, _ row: Int, to out: WireWriter
    ) -> ServerMessage? {
        append(cells, index, row, to: out)
    }
}
