import Columnar

/// CAST of arrays, maps and structures, member by member.
enum NestedCast {
    static func cast(_ call: Invocation) -> Column {
        let column = call.operands[0].column
        let storage: Column.Storage
        switch (column.storage, call.type) {
        case (.list(let offsets, let elements), .array(let type)):
            storage = .list(offsets: offsets, elements: cast(elements, to: type, call))
        case (.map(let offsets, let keys, let values), .map(let key, let value)):
            storage = .map(
                offsets: offsets, keys: cast(keys, to: key, call), values: cast(values, to: value, call))
        case (.structure(let members), .structure(let wanted)):
            guard case .structure(let fields) = column.type else { fallthrough }
            storage = .structure(
                wanted.map { field in
                    guard let index = fields.firstIndex(where: { $0.name == field.name }) else {
                        return .nulls(field.type, count: call.count)
                    }
                    return cast(members[index], to: field.type, call)
                })
        default: preconditionFailure("CAST of \(column.type.sql) to \(call.type.sql) was refused before")
        }
        return Column(type: call.type, count: call.count, validity: call.validity, storage: storage)
    }

    private static func cast(_ column: Column, to type: DataType, _ parent: Invocation) -> Column {
        if column.type == type { return column }
        let failures = Failures(count: column.count)
        let child = Invocation(
            operands: [Operand(column)], count: column.count, type: type, validity: column.validity,
            failures: failures, context: parent.context, salt: 0)
        let result = CastKernel.cast(child)
        parent.failures.absorb(failures)
        return result
    }
}
