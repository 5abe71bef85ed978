import Columnar
import Parquet

/// How a column of a sink becomes one of a table that is of another type: only where no value is lost, but
/// for DOUBLE in a float column, which takes the nearest.
enum ColumnFit: Sendable {
    /// As it is.
    case same
    /// Each value in the table's wider type.
    case widened(DataType)
    /// INTEGER in so many bits, which a value may not fit.
    case bits(Int)
    /// DOUBLE as the nearest 32-bit number.
    case float

    /// nil where values of the one type are none of the other.
    init?(_ type: DataType, in table: TableType) {
        if table.accepts(type) {
            self = .same
            return
        }
        switch (table, type) {
        case (.byte, .integer): self = .bits(8)
        case (.short, .integer): self = .bits(16)
        case (.float, .double): self = .float
        case (.timestampWithoutZone, .timestamp): self = .same
        case (.long, .integer): self = .widened(.bigint)
        case (.double, .integer): self = .widened(.double)
        case (.decimal(let precision, let scale), .integer) where precision - scale >= 10:
            self = .widened(.decimal(precision: precision, scale: scale))
        case (.decimal(let precision, let scale), .bigint) where precision - scale >= 19:
            self = .widened(.decimal(precision: precision, scale: scale))
        case (.decimal(let precision, let scale), .decimal(let digits, let places))
        where scale >= places && precision - scale >= digits - places:
            self = .widened(.decimal(precision: precision, scale: scale))
        default: return nil
        }
    }

    /// The type that a column of `type` has in the table.
    func type(of type: DataType) -> DataType {
        if case .widened(let wider) = self { return wider }
        return StoredColumn.type(type)
    }

    /// nil where a value does not fit.
    func apply(_ column: Column) -> Column? {
        switch self {
        case .same: return column
        case .widened(let type): return ColumnAdaption.flat(column, to: type)
        case .bits(let count):
            let limit = Int32(1) << Int32(count - 1)
            for row in 0..<column.count
            where !(-limit..<limit).contains(column.int32s[row]) && column.isValid(row) { return nil }
            return column
        case .float:
            // Rounded now, so that a key is the same before and after it was stored.
            let builder = ColumnBuilder(type: .double, capacity: column.count)
            for row in 0..<column.count {
                if column.isValid(row) {
                    builder.append(Double(Float(column.doubles[row])))
                } else {
                    builder.appendNull()
                }
            }
            return builder.finish()
        }
    }

    /// How the files of a table hold a column of a type that columns here do not have.
    static func narrowing(_ type: TableType) -> ParquetColumnOptions.Narrowing? {
        switch type {
        case .byte: return .int8
        case .short: return .int16
        case .float: return .float
        case .timestampWithoutZone: return .localTime
        default: return nil
        }
    }
}
