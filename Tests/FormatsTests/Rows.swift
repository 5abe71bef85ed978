import Columnar

@testable import Formats

func buffer(_ bytes: [UInt8]) -> Buffer { bytes.withUnsafeBytes { Buffer(copying: $0) } }

func buffer(_ text: String) -> Buffer { buffer(Array(text.utf8)) }

extension DecodedRecords {
    func rows() -> [[Value]] { (0..<count).map { row in columns.map { $0.value(at: row) } } }

    func column(_ index: Int) -> [Value] { (0..<count).map { columns[index].value(at: $0) } }

    /// The texts of the records as they came.
    func texts(_ buffer: Buffer) -> [String] {
        let raw = rawColumn(of: buffer)
        return (0..<count).map { raw.string(at: $0) }
    }

    /// Code by row.
    var codes: [Int: DecodeError.Code] {
        Dictionary(uniqueKeysWithValues: errors.map { ($0.row, $0.reason.code) })
    }
}

extension RecordDecoder {
    func decode(_ text: String) -> DecodedRecords { decode(buffer(text)) }
}
