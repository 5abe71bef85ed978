import Columnar

/// The type of PostgreSQL that a column gets in a table which is made for it.
struct NaturalType: Hashable {
    /// As `CREATE TABLE` has it.
    let sql: String
    let wire: WireType

    /// | SQL | PostgreSQL |
    /// |---|---|
    /// | BOOLEAN, INTEGER, BIGINT, DATE, TIME | boolean, integer, bigint, date, time |
    /// | DOUBLE, DECIMAL(p, s) | double precision, numeric(p,s) |
    /// | STRING, BYTES, TIMESTAMP | text, bytea, timestamptz |
    /// | ARRAY of those | an array of those |
    /// | other nested types | jsonb |
    init(_ type: DataType) {
        switch type {
        case .boolean: self.init("boolean", .boolean)
        case .integer: self.init("integer", .int4)
        case .bigint: self.init("bigint", .int8)
        case .double: self.init("double precision", .float8)
        case .decimal(let precision, let scale): self.init("numeric(\(precision),\(scale))", .numeric)
        case .string: self.init("text", .text)
        case .bytes: self.init("bytea", .bytea)
        case .date: self.init("date", .date)
        case .time: self.init("time", .time)
        case .timestamp: self.init("timestamptz", .timestamp)
        case .array(let element) where !element.isNested:
            let inner = NaturalType(element)
            self.init(inner.sql + "[]", .array(inner.wire, element: Self.oid(element)))
        case .array, .map, .structure: self.init("jsonb", .jsonb)
        }
    }

    private init(_ sql: String, _ wire: WireType) {
        self.sql = sql
        self.wire = wire
    }

    private static func oid(_ type: DataType) -> UInt32 {
        switch type {
        case .boolean: return 16
        case .integer: return 23
        case .bigint: return 20
        case .double: return 701
        case .decimal: return 1700
        case .string: return 25
        case .bytes: return 17
        case .date: return 1082
        case .time: return 1083
        case .timestamp: return 1184
        case .array, .map, .structure: return 3802
        }
    }
}
