import Columnar
import Parquet

/// Brings a column of a data file to the type that the table has now: files may be older, or written by
/// engines that choose other physical types.
enum ColumnAdaption {
    /// - Parameters:
    ///   - identities: of what is below the column in the file.
    ///   - name: as people know the column, for errors.
    static func adapt(
        _ column: Column, to type: DataType, _ shape: ColumnShape, _ identities: [ColumnIdentity],
        name: String
    ) throws(ParquetError) -> Column {
        if column.type == type, shape.mapping == .none { return column }
        switch (column.type, type) {
        case (.structure(let fields), .structure(let members)):
            var children: [Column] = []
            for (member, shape) in zip(members, shape.children) {
                if let index = shape.index(in: fields.map(\.name), identities) {
                    children.append(
                        try adapt(
                            column.children[index], to: member.type, shape,
                            below(identities, index), name: name + "." + member.name))
                } else {
                    children.append(.nulls(member.type, count: column.count))
                }
            }
            return Column(
                type: type, count: column.count, validity: column.validity, storage: .structure(children))
        case (.array, .array(let element)):
            guard case .list(let offsets, _) = column.storage, let shape = shape.children.first else { break }
            let elements = try adapt(
                column.children[0], to: element, shape, below(identities, 0), name: name + ".element")
            return Column(
                type: type, count: column.count, validity: column.validity,
                storage: .list(offsets: offsets, elements: elements))
        case (.map, .map(let key, let value)):
            guard case .map(let offsets, let keys, let values) = column.storage, shape.children.count == 2
            else { break }
            return Column(
                type: type, count: column.count, validity: column.validity,
                storage: .map(
                    offsets: offsets,
                    keys: try adapt(
                        keys, to: key, shape.children[0], below(identities, 0), name: name + ".key"),
                    values: try adapt(
                        values, to: value, shape.children[1], below(identities, 1), name: name + ".value")))
        case (.bytes, .string), (.string, .bytes):
            return Column(type: type, count: column.count, validity: column.validity, storage: column.storage)
        default:
            if column.type == type { return column }
            if let adapted = flat(column, to: type) { return adapted }
        }
        throw .unsupported(reason: "column \(name) is \(column.type.sql), where the table has \(type.sql)")
    }

    private static func below(_ identities: [ColumnIdentity], _ index: Int) -> [ColumnIdentity] {
        identities.indices.contains(index) ? identities[index].children : []
    }

    /// Value by value: not for hot paths.
    static func flat(_ column: Column, to type: DataType) -> Column? {
        let builder = ColumnBuilder(type: type, capacity: column.count)
        for row in 0..<column.count {
            guard let value = convert(column.value(at: row), to: type) else { return nil }
            builder.append(value)
        }
        return builder.finish()
    }

    private static func convert(_ value: Value, to type: DataType) -> Value? {
        switch (value, type) {
        case (.null, _): return .null
        case (.integer(let value), .bigint): return .bigint(Int64(value))
        case (.bigint(let value), .integer): return Int32(exactly: value).map { .integer($0) }
        case (.integer(let value), .double): return .double(Double(value))
        case (.integer(let value), .decimal(_, let scale)):
            return Decimals.rescale(Int128(value), from: 0, to: scale).map { .decimal($0, scale: scale) }
        case (.bigint(let value), .decimal(_, let scale)):
            return Decimals.rescale(Int128(value), from: 0, to: scale).map { .decimal($0, scale: scale) }
        case (.decimal(let value, let from), .decimal(_, let scale)):
            return Decimals.rescale(value, from: from, to: scale).map { .decimal($0, scale: scale) }
        case (.date(let days), .timestamp): return .timestamp(Int64(days) * Civil.millisecondsPerDay)
        default: return nil
        }
    }
}
