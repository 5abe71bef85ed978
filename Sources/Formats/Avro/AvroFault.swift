/// What is wrong with a value in Avro's binary encoding, as small as a hot loop wants it.
struct AvroFault: Error {
    enum Kind: UInt8 {
        /// The bytes end within a value.
        case truncated
        /// More than the ten bytes that a 64-bit number takes, or a number beyond its type.
        case badNumber
        /// A length or count below zero, or more than there are bytes.
        case badLength
        case badBoolean
        case badBranch
        case badSymbol
        case badUTF8
        /// More values without bytes than a record may hold.
        case tooMany
        case tooDeep
        /// The value does not fit its column.
        case outOfRange
        /// The column has no place for a value of the writer's type.
        case refused
        /// More bytes than the schema accounts for.
        case trailingBytes
    }

    let kind: Kind
    /// In the buffer.
    let offset: Int
    /// The step at work, for `outOfRange` and `refused`; else −1.
    var step: Int32 = -1

    init(_ kind: Kind, _ offset: Int, step: Int32 = -1) {
        self.kind = kind
        self.offset = offset
        self.step = step
    }

    var text: String {
        switch kind {
        case .truncated: return "it ends within a value"
        case .badNumber: return "a number is malformed"
        case .badLength: return "a length is beyond the record's end"
        case .badBoolean: return "a boolean is neither 0 nor 1"
        case .badBranch: return "a union has no such branch"
        case .badSymbol: return "an enum has no such symbol"
        case .badUTF8: return "a text is not UTF-8"
        case .tooMany: return "it holds too many empty values"
        case .tooDeep: return "it nests too deep"
        case .outOfRange: return "a value does not fit"
        case .refused: return "a value has no place"
        case .trailingBytes: return "there is more behind the value"
        }
    }
}
