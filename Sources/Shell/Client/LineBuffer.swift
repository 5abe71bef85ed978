/// Bytes that come in pieces of any size, as whole lines.
struct LineBuffer {
    private var rest: [UInt8] = []

    /// The lines that are complete now, without their ends.
    mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == 0x0A {
                lines.append(take())
            } else {
                rest.append(byte)
            }
        }
        return lines
    }

    /// What stands behind the last line end; nil when nothing does.
    mutating func end() -> String? { rest.isEmpty ? nil : take() }

    private mutating func take() -> String {
        if rest.last == 0x0D { rest.removeLast() }
        defer { rest.removeAll(keepingCapacity: true) }
        return String(decoding: rest, as: UTF8.self)
    }
}
