import Columnar

/// Functions that take URLs apart and code their parameters. A part that is not there is NULL.
enum URLFunctions {
    static let entries: [ScalarFunction] = [
        part("URL_EXTRACT_PROTOCOL") { $0.scheme.map { String($0) } },
        part("URL_EXTRACT_HOST") { $0.host.map { String($0) } },
        part("URL_EXTRACT_PATH") { URLParts.unescaped($0.path) },
        part("URL_EXTRACT_QUERY") { $0.query.flatMap { URLParts.unescaped($0) } },
        part("URL_EXTRACT_FRAGMENT") { $0.fragment.flatMap { URLParts.unescaped($0) } },
        ScalarFunction(
            "URL_EXTRACT_PORT",
            signatures: [
                Signature([.string], returns: .integer) { call in
                    let values = Buffer(capacity: call.count * 4, zeroed: true)
                    let valid = Bitmap(repeating: false, count: call.count)
                    call.forEachRow { row in
                        guard let url = URLParts(call.string(0, row)) else {
                            return call.fail(row, malformed)
                        }
                        guard let port = url.port.flatMap({ Int32(exactly: $0) }) else { return }
                        valid.set(row)
                        values.pointer.storeBytes(of: port, toByteOffset: row * 4, as: Int32.self)
                    }
                    return Column(
                        type: .integer, count: call.count, validity: valid.ifNotFull, storage: .fixed(values))
                }
            ]),
        ScalarFunction(
            "URL_EXTRACT_PARAMETER",
            signatures: [
                Signature([.string, .string], returns: .string) { call in
                    texts(call) { row in
                        URLParts(call.string(0, row)).map { $0.parameter(call.string(1, row)) }
                    }
                }
            ]),
        ScalarFunction(
            "URL_ENCODE_PARAM",
            signatures: [
                Signature([.string], returns: .string) { call in
                    texts(call) { .some(URLParts.encoded(call.string(0, $0))) }
                }
            ]),
        ScalarFunction(
            "URL_DECODE_PARAM",
            signatures: [
                Signature([.string], returns: .string) { call in
                    texts(call) { URLParts.decoded(call.string(0, $0)).map { .some($0) } }
                }
            ]),
    ]

    private static let malformed = EvaluationFailure.function("URL", reason: "the text is no URL")

    private static func part(
        _ name: String, _ body: @escaping @Sendable (URLParts) -> String?
    ) -> ScalarFunction {
        ScalarFunction(
            name,
            signatures: [
                Signature([.string], returns: .string) { call in
                    texts(call) { URLParts(call.string(0, $0)).map(body) }
                }
            ])
    }

    /// Writes what `body` gives for each row: nothing is a failure, an inner nothing NULL.
    private static func texts(_ call: Invocation, _ body: (Int) -> String??) -> Column {
        var writer = TextWriter(count: call.count)
        let valid = Bitmap(repeating: false, count: call.count)
        call.forEachRow { row in
            guard let text = body(row) else { return call.fail(row, malformed) }
            guard let text else { return }
            valid.set(row)
            writer.write(row, text)
        }
        return writer.finish(.string, count: call.count, validity: valid.ifNotFull)
    }
}
