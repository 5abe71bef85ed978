import Columnar

/// How the values of a column travel in binary COPY: the type that the server reads them as.
indirect enum WireType: Hashable, Sendable {
    case boolean, int2, int4, int8, float4, float8, numeric, text, bytea, date, time, timestamp, uuid
    case json, jsonb
    /// Of elements, whose type has this OID.
    case array(WireType, element: UInt32)

    /// Built-in types by OID; they are the same in every database.
    private static let byOID: [UInt32: WireType] = [
        16: .boolean, 17: .bytea, 20: .int8, 21: .int2, 23: .int4, 25: .text, 19: .text, 114: .json,
        700: .float4, 701: .float8, 1042: .text, 1043: .text, 1082: .date, 1083: .time, 1114: .timestamp,
        1184: .timestamp, 1700: .numeric, 2950: .uuid, 3802: .jsonb,
    ]

    /// The server's type of this OID; nil where values go as text through a cast.
    init?(oid: UInt32) {
        guard let type = Self.byOID[oid] else { return nil }
        self = type
    }

    /// Whether a column's values can be written so, without the server's help.
    func takes(_ type: DataType) -> Bool {
        switch (type, self) {
        case (.boolean, .boolean), (.double, .float8), (.double, .float4), (.decimal, .numeric),
            (.string, .text), (.string, .uuid), (.string, .json), (.string, .jsonb), (.bytes, .bytea),
            (.date, .date), (.time, .time), (.timestamp, .timestamp):
            return true
        case (.integer, .int2), (.integer, .int4), (.integer, .int8), (.integer, .numeric),
            (.bigint, .int2), (.bigint, .int4), (.bigint, .int8), (.bigint, .numeric):
            return true
        case (.array(let element), .array(let wire, _)): return !element.isNested && wire.takes(element)
        case (_, .json), (_, .jsonb), (_, .text): return type.isNested
        default: return false
        }
    }
}

extension DataType {
    var isNested: Bool {
        switch self {
        case .array, .map, .structure: return true
        default: return false
        }
    }
}
