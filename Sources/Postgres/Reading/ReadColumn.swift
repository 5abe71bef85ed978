import Columnar

/// How a column of a table becomes a value of JSON that has another's type; made only where that fits.
struct ReadColumn {
    /// The name that the value gets.
    let name: String
    /// An expression over the table `t`.
    let expression: String

    /// nil where the column's values are none of the field's type.
    init?(_ field: Field, _ column: TableColumn) {
        name = field.name
        let place = "t." + SQLName.quoted(column.name)
        guard let expression = Self.expression(field.type, column, place) else { return nil }
        self.expression = expression
    }

    private static func expression(_ type: DataType, _ column: TableColumn, _ place: String) -> String? {
        if type == .string { return place + "::text" }
        guard let wire = column.wire else { return nil }
        switch (type, wire) {
        case (.array(let element), .array(let inner, _)):
            return array(of: element, inner, column, place)
        case (.array, .json), (.array, .jsonb), (.map, .json), (.map, .jsonb), (.structure, .json),
            (.structure, .jsonb):
            return place
        default: return scalar(type, wire, column.typeName, place)
        }
    }

    /// Nested where the elements are: PostgreSQL's arrays do not say how many dimensions they have.
    private static func array(
        of element: DataType, _ wire: WireType, _ column: TableColumn, _ place: String
    ) -> String? {
        var inner = element
        while case .array(let next) = inner { inner = next }
        let typeName = column.typeName.hasSuffix("[]") ? String(column.typeName.dropLast(2)) : ""
        guard let each = inner == .string ? "e::text" : scalar(inner, wire, typeName, "e") else { return nil }
        if each == "e" || wire == .text { return place }
        if case .array = element { return nil }
        return
            "CASE WHEN \(place) IS NOT NULL THEN (SELECT coalesce(json_agg(\(each) ORDER BY n), '[]'::json) "
            + "FROM unnest(\(place)) WITH ORDINALITY u (e, n)) END"
    }

    private static func scalar(
        _ type: DataType, _ wire: WireType, _ typeName: String, _ place: String
    ) -> String? {
        switch (type, wire) {
        case (.boolean, .boolean), (.integer, .int2), (.integer, .int4), (.bigint, .int2), (.bigint, .int4),
            (.bigint, .int8), (.double, .float4), (.double, .float8), (.double, .int2), (.double, .int4):
            return place
        case (.decimal(let precision, let scale), .int2): return precision - scale >= 5 ? place : nil
        case (.decimal(let precision, let scale), .int4): return precision - scale >= 10 ? place : nil
        case (.decimal(let precision, let scale), .int8): return precision - scale >= 19 ? place : nil
        case (.decimal(let precision, let scale), .numeric):
            return holds(precision, scale, typeName) ? place : nil
        case (.bytes, .bytea):
            // Base64 with its lines joined.
            return "translate(encode(\(place), 'base64'), E'\\n', '')"
        // What no calendar has goes on as text, and the row becomes a dead letter that shows it.
        case (.date, .date):
            return "CASE WHEN isfinite(\(place)) THEN to_json(\(place) - DATE '1970-01-01') "
                + "ELSE to_json(\(place)::text) END"
        case (.time, .time): return "trunc(extract(epoch FROM \(place)) * 1000)::bigint"
        case (.timestamp, .timestamp), (.timestamp, .date):
            return
                "CASE WHEN isfinite(\(place)) THEN to_json("
                + "floor(extract(epoch FROM \(place)) * 1000)::bigint) "
                + "ELSE to_json(\(place)::text) END"
        default: return nil
        }
    }

    /// Whether a `numeric(p,s)` fits; one without digits may hold anything, and is judged row by row.
    private static func holds(_ precision: Int, _ scale: Int, _ typeName: String) -> Bool {
        guard let open = typeName.firstIndex(of: "("), typeName.hasSuffix(")") else { return true }
        let digits = typeName[typeName.index(after: open)...].dropLast().split(separator: ",").compactMap {
            Int($0)
        }
        guard let all = digits.first else { return true }
        let behind = digits.count > 1 ? digits[1] : 0
        return behind <= scale && all - behind <= precision - scale
    }
}
