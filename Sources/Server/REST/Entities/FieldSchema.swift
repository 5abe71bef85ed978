import Columnar
import Formats
import Planning

/// Columns and types as descriptions show them.
enum FieldSchema {
    /// `{"type":"STRING","fields":null,"memberSchema":null}`
    static func json(_ type: DataType) -> JSONValue {
        switch type {
        case .array(let element): return json("ARRAY", member: element)
        case .map(_, let value): return json("MAP", member: value)
        case .structure(let fields):
            return json(
                "STRUCT",
                fields: .array(
                    fields.map { ["name": .string($0.name), "schema": json($0.type)] }))
        case .decimal(let precision, let scale):
            return json("DECIMAL", parameters: ["precision": .number(precision), "scale": .number(scale)])
        default: return json(type.sql)
        }
    }

    private static func json(
        _ name: String, fields: JSONValue = .null, member: DataType? = nil, parameters: JSONValue? = nil
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string(name)), .init("fields", fields),
            .init("memberSchema", member.map { json($0) } ?? .null),
        ]
        if let parameters { members.append(.init("parameters", parameters)) }
        return .object(members)
    }

    /// The columns of a relation, each with its role.
    static func fields(of relation: Relation) -> JSONValue {
        .array(
            relation.columns.enumerated().map { index, column in
                var members: [JSONValue.Member] = [
                    .init("name", .string(column.name)), .init("schema", json(column.type)),
                ]
                if index < relation.keyCount { members.append(.init("type", "KEY")) }
                switch relation.source?.headerColumns[column.name] {
                case .all: members.append(.init("type", "HEADER"))
                case .last(let name):
                    members.append(.init("type", "HEADER"))
                    members.append(.init("headerKey", .string(name)))
                case nil: break
                }
                return .object(members)
            })
    }

    /// The columns of an answer.
    static func fields(of columns: [AnswerPlan.Column]) -> JSONValue {
        .array(
            columns.map { column in
                var members: [JSONValue.Member] = [
                    .init("name", .string(column.name)), .init("schema", json(column.type)),
                ]
                if column.isKey { members.append(.init("type", "KEY")) }
                return .object(members)
            })
    }
}
