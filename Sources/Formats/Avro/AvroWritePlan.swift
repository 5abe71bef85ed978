import Columnar

/// How columns go into values of an Avro schema; made once, then run for each row.
final class AvroWritePlan {
    private let nodes: UnsafeMutablePointer<AvroWriteNode>
    private let members: UnsafeMutablePointer<AvroWriteMember>
    private let constants: UnsafeMutablePointer<UInt8>
    private let symbols: [[[UInt8]: Int]]
    private let names: [String]
    private let root: Int32
    private let isRecord: Bool

    init(schema: Schema, avro: AvroSchema, isWrapped: Bool) throws(DecodeError) {
        var planner = AvroWritePlanner(avro: avro)
        let type = isWrapped ? DataType.structure(schema.fields) : schema[0].type
        root = try planner.add(
            avro.root, type, standard: nil, name: isWrapped ? "the record" : schema[0].name)
        isRecord = isWrapped
        nodes = .allocate(capacity: planner.nodes.count)
        nodes.initialize(from: planner.nodes, count: planner.nodes.count)
        members = .allocate(capacity: max(1, planner.members.count))
        members.initialize(from: planner.members, count: planner.members.count)
        constants = .allocate(capacity: max(1, planner.constants.count))
        constants.initialize(from: planner.constants, count: planner.constants.count)
        symbols = planner.symbols
        names = planner.names
    }

    deinit {
        nodes.deallocate()
        members.deallocate()
        constants.deallocate()
    }

    func write(
        _ row: Int, of columns: UnsafeMutablePointer<EncodedColumn>, to out: ByteWriter
    ) throws(DecodeError) {
        guard isRecord else { return try write(root, columns, 0, row, to: out) }
        let node = nodes + Int(root)
        if node.pointee.branch >= 0 { out.append(avro: Int64(node.pointee.branch)) }
        try writeMembers(node, columns, 0, row, to: out)
    }

    private func writeMembers(
        _ node: UnsafeMutablePointer<AvroWriteNode>, _ columns: UnsafeMutablePointer<EncodedColumn>,
        _ first: Int, _ row: Int, to out: ByteWriter
    ) throws(DecodeError) {
        let list = members + Int(node.pointee.first)
        for index in 0..<Int(node.pointee.count) {
            let member = list[index]
            if member.column < 0 {
                writeNull(nodes + Int(member.node), to: out)
            } else {
                try write(member.node, columns, first &+ Int(member.column), row, to: out)
            }
        }
    }

    private func writeNull(_ node: UnsafeMutablePointer<AvroWriteNode>, to out: ByteWriter) {
        out.append(UnsafeRawPointer(constants + Int(node.pointee.null)), count: Int(node.pointee.nullCount))
    }

    private func refusal(_ index: Int32, _ reason: String) -> DecodeError {
        DecodeError(.wrongType, "column \(names[Int(index)]): \(reason)")
    }

    private func write(
        _ index: Int32, _ columns: UnsafeMutablePointer<EncodedColumn>, _ place: Int, _ row: Int,
        to out: ByteWriter
    ) throws(DecodeError) {
        let column = columns + place
        let node = nodes + Int(index)
        if column.pointee.isNull(row) {
            guard node.pointee.null >= 0 else {
                throw refusal(index, "it is NULL, and the schema has no null there")
            }
            return writeNull(node, to: out)
        }
        if node.pointee.branch >= 0 { out.append(avro: Int64(node.pointee.branch)) }
        switch node.pointee.action {
        case .boolean: out.append(column.pointee.boolean(row) ? 1 : 0)
        case .int: out.append(avro: Int64(column.pointee.int32(row)))
        case .long: out.append(avro: whole(column, row))
        case .float: out.append(avro: Float(real(column, row)))
        case .double: out.append(avro: real(column, row))
        case .bytes:
            let bytes = column.pointee.bytes(row)
            out.append(avro: Int64(bytes.count))
            out.append(bytes)
        case .fixed:
            let bytes = column.pointee.bytes(row)
            guard bytes.count == Int(node.pointee.size) else {
                throw refusal(index, "\(bytes.count) bytes instead of \(node.pointee.size)")
            }
            out.append(bytes)
        case .decimalBytes, .decimalFixed: try writeDecimal(index, column, row, to: out)
        case .enumeration:
            let text = Array(column.pointee.bytes(row))
            guard let number = symbols[Int(node.pointee.first)][text] else {
                throw refusal(index, "'\(String(decoding: text, as: UTF8.self))' is no symbol of the enum")
            }
            out.append(avro: Int64(number))
        case .list, .map, .entries: try writeElements(index, columns, column, row, to: out)
        case .record: try writeMembers(node, columns, column.pointee.firstChild, row, to: out)
        case .constant: writeNull(node, to: out)
        }
    }

    /// One block of all elements, and the empty one that ends them.
    private func writeElements(
        _ index: Int32, _ columns: UnsafeMutablePointer<EncodedColumn>,
        _ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int, to out: ByteWriter
    ) throws(DecodeError) {
        let node = nodes + Int(index)
        let elements = column.pointee.elements(row)
        let child = column.pointee.firstChild
        if !elements.isEmpty { out.append(avro: Int64(elements.count)) }
        for element in elements {
            switch node.pointee.action {
            case .list: try write(node.pointee.first, columns, child, element, to: out)
            case .entries: try writeMembers(node, columns, child, element, to: out)
            default:
                guard !columns[child].isNull(element) else { throw refusal(index, "a map's key is NULL") }
                let key = columns[child].bytes(element)
                out.append(avro: Int64(key.count))
                out.append(key)
                try write(node.pointee.first, columns, child + 1, element, to: out)
            }
        }
        out.append(0)
    }

    private func writeDecimal(
        _ index: Int32, _ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int, to out: ByteWriter
    ) throws(DecodeError) {
        let node = nodes + Int(index)
        guard
            let value = Decimals.rescale(
                column.pointee.decimal(row), from: column.pointee.scale, to: Int(node.pointee.scale))
        else { throw refusal(index, "the number has too many digits") }
        let bytes = AvroDecimal.bytes(value)
        if node.pointee.action == .decimalBytes {
            out.append(avro: Int64(bytes.count))
        } else {
            guard bytes.count <= Int(node.pointee.size) else {
                throw refusal(index, "the number takes more than \(node.pointee.size) bytes")
            }
            for _ in bytes.count..<Int(node.pointee.size) { out.append(value < 0 ? 0xFF : 0) }
        }
        bytes.withUnsafeBytes { out.append($0) }
    }

    @inline(__always)
    private func whole(_ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int) -> Int64 {
        column.pointee.kind == .integer ? Int64(column.pointee.int32(row)) : column.pointee.int64(row)
    }

    @inline(__always)
    private func real(_ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int) -> Double {
        switch column.pointee.kind {
        case .integer: return Double(column.pointee.int32(row))
        case .bigint: return Double(column.pointee.int64(row))
        default: return column.pointee.double(row)
        }
    }
}
