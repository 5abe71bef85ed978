import Columnar
import Formats

/// Functions between BYTES, their text, and numbers.
enum BytesFunctions {
    static let entries: [ScalarFunction] = [
        ScalarFunction("TO_BYTES", signatures: [Signature([.string, .string], returns: .bytes, toBytes)]),
        ScalarFunction(
            "FROM_BYTES", signatures: [Signature([.bytes, .string], returns: .string, fromBytes)]),
        ScalarFunction(
            "ENCODE", signatures: [Signature([.string, .string, .string], returns: .string, encode)]),
        ScalarFunction("INT_FROM_BYTES", signatures: numbers(.integer)),
        ScalarFunction("BIGINT_FROM_BYTES", signatures: numbers(.bigint)),
        ScalarFunction("DOUBLE_FROM_BYTES", signatures: numbers(.double)),
        ScalarFunction(
            "MD5",
            signatures: [
                Signature([.string], returns: .string) { call in
                    var writer = TextWriter(count: call.count)
                    call.forEachRow { row in
                        let digest = MD5.digest(call.bytes(0, row))
                        writer.write(row, digest.withUnsafeBytes { Encoding.hex.encode($0) })
                    }
                    return call.texts(writer)
                }
            ]),
    ]

    private static func numbers(_ type: DataType) -> [Signature] {
        [
            Signature([.bytes], returns: type, number), Signature([.bytes, .string], returns: type, number),
        ]
    }

    private static let unknown = EvaluationFailure.function("encoding", reason: "it is not known")
    private static let malformed = EvaluationFailure.function(
        "encoding", reason: "the text does not follow it")

    @Sendable private static func toBytes(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            guard let encoding = Encoding(call.string(1, row)) else { return call.fail(row, unknown) }
            guard let bytes = encoding.decode(call.bytes(0, row)) else { return call.fail(row, malformed) }
            writer.write(row, bytes)
        }
        return call.texts(writer)
    }

    @Sendable private static func fromBytes(_ call: Invocation) -> Column {
        if call.operands[1].isConstant, Encoding(call.string(1, 0)) == .utf8 { return utf8(call) }
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            guard let encoding = Encoding(call.string(1, row)) else { return call.fail(row, unknown) }
            writer.write(row, encoding.encode(call.bytes(0, row), upperHex: true))
        }
        return call.texts(writer)
    }

    /// The bytes as they are, without a copy; NULL where they are no UTF-8.
    private static func utf8(_ call: Invocation) -> Column {
        let column = call.operands[0].expanded(to: call.count)
        call.forEachRow { row in
            if !UTF8Check.isValid(column.bytes(at: row)) { call.fail(row, malformed) }
        }
        let validity = call.failures.removed(from: call.validity)
        let views = Buffer(capacity: call.count * 16, zeroed: true)
        let out = views.pointer.assumingMemoryBound(to: StringView.self)
        for row in 0..<call.count where validity?[row] ?? true { out[row] = column.views[row] }
        return Column(
            type: .string, count: call.count, validity: validity,
            storage: .views(views, data: column.dataBuffers))
    }

    @Sendable private static func encode(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            guard let from = Encoding(call.string(1, row)), let to = Encoding(call.string(2, row)) else {
                return call.fail(row, unknown)
            }
            guard let bytes = from.decode(call.bytes(0, row)) else { return call.fail(row, malformed) }
            writer.write(row, bytes.withUnsafeBytes { to.encode($0) })
        }
        return call.texts(writer)
    }

    /// Exactly as many bytes as the number has, the most significant first unless told otherwise.
    @Sendable private static func number(_ call: Invocation) -> Column {
        let width = call.type.width
        let values = Buffer(capacity: call.count * width, zeroed: true)
        call.forEachRow { row in
            let bytes = call.bytes(0, row)
            let order = call.operands.count > 1 ? call.string(1, row).uppercased() : "BIG_ENDIAN"
            guard order == "BIG_ENDIAN" || order == "LITTLE_ENDIAN" else {
                return call.fail(row, .function("byte order", reason: "neither BIG_ENDIAN nor LITTLE_ENDIAN"))
            }
            guard bytes.count == width else {
                return call.fail(row, .function(call.type.sql, reason: "it takes exactly \(width) bytes"))
            }
            let target = values.pointer + row * width
            for (index, byte) in bytes.enumerated() {
                let place = order == "BIG_ENDIAN" ? width - 1 - index : index
                target.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
            }
        }
        return call.fixed(values)
    }
}
