import Columnar
import Diagnostics

// Factories for CASE, for access to nested values and for their constructors.
extension Expression {
    /// Searched CASE. Conditions are BOOLEANs; results meet in one type.
    public static func makeConditional(
        _ branches: [(condition: Expression, result: Expression)], otherwise: Expression?
    ) throws(TypeError) -> Expression {
        let results = branches.map(\.result) + (otherwise.map { [$0] } ?? [])
        guard results.contains(where: { !$0.isUntypedNull }) else {
            throw TypeError(
                "all branches of CASE are NULL", expected: "a branch with a type", found: "NULL",
                hint: "CAST a NULL to the type that is meant")
        }
        let (typed, type) = try unified(results, "the branches of CASE")
        var checked: [Branch] = []
        for (index, branch) in branches.enumerated() {
            let condition = branch.condition.typed(.boolean)
            guard condition.type == .boolean else {
                throw TypeError(
                    "WHEN needs a BOOLEAN", expected: "BOOLEAN", found: condition.type.sql,
                    hint: "write a comparison")
            }
            checked.append(Branch(when: condition, then: typed[index]))
        }
        return .conditional(
            checked, otherwise: otherwise == nil ? nil : typed[branches.count], type)
    }

    /// Simple CASE: `CASE operand WHEN value THEN result …`.
    public static func makeConditional(
        _ operand: Expression, _ branches: [(value: Expression, result: Expression)], otherwise: Expression?
    ) throws(TypeError) -> Expression {
        var searched: [(condition: Expression, result: Expression)] = []
        for branch in branches {
            searched.append(
                (condition: try makeComparison(.equal, operand, branch.value), result: branch.result))
        }
        return try makeConditional(searched, otherwise: otherwise)
    }

    /// `operand->name`. Names compare exactly, then without case.
    public static func makeMember(_ operand: Expression, _ name: String) throws(TypeError) -> Expression {
        guard case .structure(let fields) = operand.type else {
            throw TypeError(
                "\(operand.type.sql) has no member \(name)", expected: "STRUCT", found: operand.type.sql)
        }
        let exact = fields.firstIndex { $0.name == name }
        guard let index = exact ?? fields.firstIndex(where: { $0.name.uppercased() == name.uppercased() })
        else {
            let names = fields.map(\.name)
            let nearest = NearestName.suggestion(for: name, among: names)
            throw TypeError(
                .unknownColumn, "the STRUCT has no member \(name)",
                expected: nearest == nil ? "one of " + names.joined(separator: ", ") : "", found: name,
                hint: nearest.map { "did you mean \($0)?" })
        }
        return .member(operand, index, fields[index].type)
    }

    /// `operand[subscript]`.
    public static func makeElement(
        _ operand: Expression, _ subscript: Expression
    ) throws(TypeError) -> Expression {
        switch operand.type {
        case .array(let element):
            guard `subscript`.type == .integer || `subscript`.type == .bigint else {
                throw TypeError(
                    "an ARRAY's index is a whole number", expected: "INTEGER", found: `subscript`.type.sql)
            }
            return .element(operand, `subscript`.widened(to: .bigint), element)
        case .map(let key, let value):
            return .element(operand, try `subscript`.coerced(to: key), value)
        default:
            throw TypeError(
                "\(operand.type.sql) has no elements", expected: "ARRAY or MAP", found: operand.type.sql)
        }
    }

    public static func makeArray(_ elements: [Expression]) throws(TypeError) -> Expression {
        guard elements.contains(where: { !$0.isUntypedNull }) else {
            throw TypeError(
                "ARRAY[] needs a value with a type", expected: "at least one element that is not NULL",
                found: elements.isEmpty ? "nothing" : "NULL", hint: "CAST a NULL to the type that is meant")
        }
        let (typed, type) = try unified(elements, "the elements of ARRAY")
        return .array(typed, .array(type))
    }

    public static func makeMap(
        _ entries: [(key: Expression, value: Expression)]
    ) throws(TypeError) -> Expression {
        guard entries.contains(where: { !$0.key.isUntypedNull }),
            entries.contains(where: { !$0.value.isUntypedNull })
        else {
            throw TypeError(
                "MAP() needs keys and values with a type", expected: "at least one entry without NULL",
                hint: "CAST a NULL to the type that is meant")
        }
        let (keys, keyType) = try unified(entries.map(\.key), "the keys of MAP")
        let (values, valueType) = try unified(entries.map(\.value), "the values of MAP")
        return .map(keys: keys, values: values, .map(key: keyType, value: valueType))
    }

    public static func makeStructure(
        _ members: [(name: String, value: Expression)]
    ) throws(TypeError) -> Expression {
        var fields: [Field] = []
        for member in members {
            if member.value.isUntypedNull {
                throw TypeError(
                    "the member \(member.name) has no type", expected: "a value with a type",
                    found: "NULL", hint: "CAST the NULL to the type that is meant")
            }
            if fields.contains(where: { $0.name == member.name }) {
                throw TypeError(.duplicateColumn, "the STRUCT has two members \(member.name)")
            }
            fields.append(Field(member.name, member.value.type))
        }
        return .structure(members.map(\.value), .structure(fields))
    }

    /// The expressions in one type: the common one, in which string literals and NULLs may join.
    static func unified(
        _ items: [Expression], _ what: String
    ) throws(TypeError) -> ([Expression], DataType) {
        func isTextLiteral(_ item: Expression) -> Bool {
            if case .literal(.string, _) = item { return true }
            return false
        }
        let certain = items.filter { !$0.isUntypedNull && !isTextLiteral($0) }
        var type = certain.first?.type ?? .string
        // Among numbers a text literal is the number that it writes, with that number's type.
        let read = type.isNumeric ? items.compactMap(\.numberWritten) : []
        for item in certain + read {
            guard let wider = TypeRules.common(type, item.type) else {
                throw TypeError(
                    "\(what) have no common type: \(type.sql) and \(item.type.sql)", expected: type.sql,
                    found: item.type.sql, hint: "CAST one of them")
            }
            type = wider
        }
        var result: [Expression] = []
        for item in items { result.append(try item.coerced(to: type)) }
        return (result, type)
    }

    /// The number that a text literal writes; one with an exponent is a DECIMAL too.
    private var numberWritten: Expression? {
        guard case .literal(.string(var text), _) = self,
            let (unscaled, scale) = text.withUTF8({ Decimals.parse(UnsafeRawBufferPointer($0)) })
        else { return nil }
        if scale == 0, Int64(exactly: unscaled) != nil { return try? .makeNumber(text) }
        let digits = max(String(unscaled.magnitude).utf8.count, scale) - min(scale, 0)
        guard digits <= Decimals.maximumPrecision else { return nil }
        return .literal(.null, .decimal(precision: digits, scale: max(scale, 0)))
    }
}
