import Columnar
import Expressions

/// Scalar functions on single values, for those that random expressions use.
enum FunctionModel {
    static func call(_ function: BoundFunction, _ arguments: [Value]) -> Value {
        switch function.name {
        case "COALESCE", "IFNULL": return arguments.first { !$0.isNull } ?? .null
        case "NULLIF":
            return RowModel.order(arguments[0], arguments[1]) == .some(.some(0)) ? .null : arguments[0]
        case "CONCAT":
            return .string(arguments.map { if case .string(let text) = $0 { text } else { "" } }.joined())
        case "GREATEST": return extreme(arguments) { $0 > 0 }
        case "LEAST": return extreme(arguments) { $0 < 0 }
        default: break
        }
        if arguments.contains(.null) { return .null }
        let first: String
        if case .string(let text) = arguments[0] { first = text } else { first = "" }
        switch function.name {
        case "TRIM":
            let start = first.unicodeScalars.drop { $0.value <= 32 }
            return .string(
                String(String.UnicodeScalarView(start.reversed().drop { $0.value <= 32 }.reversed())))
        case "LCASE": return .string(first.lowercased())
        case "UCASE": return .string(first.uppercased())
        case "LEN": return .integer(Int32(first.unicodeScalars.count))
        case "SUBSTRING":
            guard case .integer(let position) = arguments[1] else { return .null }
            let scalars = Array(first.unicodeScalars)
            let start =
                position < 0
                ? max(0, scalars.count + Int(position)) : min(scalars.count, max(0, Int(position) - 1))
            var taken = scalars[start...]
            if arguments.count == 3, case .integer(let length) = arguments[2] {
                taken = taken.prefix(max(0, Int(length)))
            }
            return .string(String(String.UnicodeScalarView(taken)))
        case "REPLACE":
            guard case .string(let old) = arguments[1], case .string(let new) = arguments[2] else {
                return .null
            }
            return .string(old.isEmpty ? first : replace(Array(first.utf8), Array(old.utf8), Array(new.utf8)))
        default: fatalError("no model of \(function.name)")
        }
    }

    private static func replace(_ text: [UInt8], _ old: [UInt8], _ new: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index...].starts(with: old) {
                result += new
                index += old.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func extreme(_ arguments: [Value], _ wins: (Int) -> Bool) -> Value {
        var best = Value.null
        for argument in arguments where !argument.isNull {
            if best.isNull {
                best = argument
            } else if case .some(.some(let order)) = RowModel.order(argument, best), wins(order) {
                best = argument
            }
        }
        return best
    }
}
