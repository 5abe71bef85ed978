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
    /// Of formats with objects: whether a record is an object; if not, it is the value of the only column.
    private let isWrapped: Bool
    /// nil for files, whose Avro records come as lines of JSON.
    private let schemas: (any SchemaSource)?
    private var current: (any RecordDecoder)?
    private var currentHeader: [UInt8]?

    init(
        format: SourceProperties.Format, delimiter: String?, fields: [DecodedField], width: Int,
        isWrapped: Bool, schemas: (any SchemaSource)?
    ) {
        self.format = format
        self.delimiter = delimiter
        self.fields = fields
        self.width = width
        self.isWrapped = isWrapped
        self.schemas = schemas
    }

    /// - Parameter isStrict: a header that lacks a column is an error; else the file's records all are.
    mutating func decoder(
        header: [UInt8]?, source: String, isStrict: Bool
    ) throws(Diagnostic) -> any RecordDecoder {
        if let current, currentHeader == header { return current }
        let made = try make(header: header, source: source, isStrict: isStrict)
        current = made
        currentHeader = header
        return made
    }

    private func make(
        header: [UInt8]?, source: String, isStrict: Bool
    ) throws(Diagnostic) -> any RecordDecoder {
        switch format {
        case .json: return json
        case .jsonSchema, .avro:
            guard let schemas else { return json }
            if format == .jsonSchema { return SchemaJSONDecoder(values: json, source: schemas) }
            return AvroDecoder(fields: fields, writer: .registry(schemas), isWrapped: isWrapped)
        case .lines: return LinesDecoder(name: fields.first?.name ?? "")
        case .kafka:
            // The format has one column; nobody reads any when there is none here.
            return fields.first.map { KafkaDecoder(field: $0) } ?? LinesDecoder(name: "")
        case .none: return LinesDecoder(name: "")
        case .csv, .delimited:
            let options = CSVOptions(delimiter: delimiter?.utf8.first ?? UInt8(ascii: ","))
            guard let header else { return CSVDecoder(fields: fields, options: options, columnCount: width) }
            let decoder = CSVDecoder(fields: fields, options: options)
            let line = header.withUnsafeBytes { Buffer(copying: $0) }
            do throws(HeaderError) {
                try decoder.useHeader(UnsafeRawBufferPointer(start: line.pointer, count: header.count))
            } catch {
                var diagnostic = error.diagnostic
                diagnostic.message = "\(source): \(diagnostic.message)"
                if isStrict { throw diagnostic }
                return RefusingDecoder(fields: fields, reason: error.reason)
            }
            return decoder
        }
    }

    private var json: any RecordDecoder {
        // Nobody reads the only value: any bytes will do.
        if !isWrapped, fields.isEmpty { return LinesDecoder(name: "") }
        return JSONDecoder(fields: fields, isWrapped: isWrapped)
    }
}
