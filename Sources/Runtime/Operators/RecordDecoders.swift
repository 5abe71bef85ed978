import Columnar
import Diagnostics
import Formats
import Planning

/// The decoder of one slot, made anew when the header of a CSV file differs from the last one.
struct RecordDecoders {
    private let format: SourceProperties.Format
    private let delimiter: String?
    private let fields: [DecodedField]
    /// Columns of a whole record, the undecoded included.
    private let width: Int
    private var current: (any RecordDecoder)?
    private var currentHeader: [UInt8]?

    init(format: SourceProperties.Format, delimiter: String?, fields: [DecodedField], width: Int) {
        self.format = format
        self.delimiter = delimiter
        self.fields = fields
        self.width = width
    }

    mutating func decoder(header: [UInt8]?, source: String) throws(Diagnostic) -> any RecordDecoder {
        if let current, currentHeader == header { return current }
        let made = try make(header: header, source: source)
        current = made
        currentHeader = header
        return made
    }

    private func make(header: [UInt8]?, source: String) throws(Diagnostic) -> any RecordDecoder {
        switch format {
        case .json: return JSONDecoder(fields: fields)
        case .lines: return LinesDecoder(name: fields.first?.name ?? "")
        case .kafka: return KafkaDecoder(fields: fields)
        case .none: return KafkaDecoder(fields: [])
        case .csv, .delimited:
            let separator = delimiter?.utf8.first ?? UInt8(ascii: ",")
            guard let header else {
                return CSVDecoder(fields: fields, delimiter: separator, fieldCount: width)
            }
            do throws(HeaderError) {
                return try CSVDecoder(fields: fields, delimiter: separator, header: header)
            } catch {
                throw Diagnostic(
                    .schemaMismatch, "\(source): \(error.message)", expected: error.expected, hint: error.hint)
            }
        }
    }
}
