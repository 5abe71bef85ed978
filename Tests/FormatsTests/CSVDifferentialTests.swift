import Columnar
import TestKit
import Testing

@testable import Formats

/// Random delimited text against a reader that looks at one character at a time, and cut into pieces.
@Suite("CSV fuzzing")
struct CSVDifferentialTests {
    private func text(_ random: inout SeededGenerator, columns: Int, delimiter: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<random.below(30) {
            for column in 0..<columns {
                if column > 0 { bytes.append(delimiter) }
                let alphabet = Array("abcdefgh 0123456789.é".utf8)
                let plain = (0..<random.pick([0, 1, 2, 5, 8, 13, 30])).map { _ in random.pick(alphabet) }
                guard random.once(in: 3) else {
                    bytes += plain.filter { $0 < 0x80 }
                    continue
                }
                let odd: [[UInt8]] = [[0x22, 0x22], [0x0A], [0x0D, 0x0A], [delimiter], [0x61], [0x62]]
                bytes.append(0x22)
                for byte in plain where byte < 0x80 {
                    bytes += random.once(in: 4) ? random.pick(odd) : [byte]
                }
                bytes.append(0x22)
            }
            bytes += random.pick([[0x0A], [0x0A], [0x0D, 0x0A]])
        }
        for _ in 0..<random.pick([0, 0, 1, 4]) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(3) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(random.pick([0x22, 0x0A, 0x0D, delimiter, 0x78]), at: place)
            default: bytes[place] = random.pick([0x22, 0x0A, delimiter, 0x0D])
            }
        }
        return bytes
    }

    @Test(arguments: 0..<Fuzz.seeds) func recordsAreTheObviousOnes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<60 {
            let columns = 1 + random.below(4)
            let delimiter: UInt8 = random.pick([0x2C, 0x3B, 0x09])
            let maximum = random.pick([40, 1 << 20])
            let bytes = text(&random, columns: columns, delimiter: delimiter)
            let end = bytes.count
            let options = CSVOptions(delimiter: delimiter, maximumRecordBytes: maximum)
            let fields = (0..<columns).map { DecodedField("c\($0)", .string) }
            let decoder = CSVDecoder(fields: fields, options: options, columnCount: columns)
            let data = buffer(bytes + Array(random.pick(["", "\"x\"", ",\n"]).utf8))
            let whole = decoder.decode(data, range: 0..<end)
            let expected = ObviousCSV.parse(bytes, delimiter: delimiter, columns: columns, maximum: maximum)
            check(whole, data, expected, columns: columns, "seed \(seed) round \(round)")
            checkPieces(data, end, decoder, whole, &random, "seed \(seed) round \(round)")
        }
    }

    private func check(
        _ decoded: DecodedRecords, _ data: Buffer, _ expected: [ObviousCSV.Record], columns: Int,
        _ label: String
    ) {
        #expect(decoded.texts(data) == expected.map { String(decoding: $0.text, as: UTF8.self) }, "\(label)")
        guard decoded.count == expected.count else { return }
        for (row, record) in expected.enumerated() {
            let code = decoded.codes[row]
            guard let fields = record.fields else {
                #expect(code == .badQuotes, "\(label) row \(row)")
                continue
            }
            guard fields.count == columns else {
                #expect(code == .fieldCount, "\(label) row \(row)")
                continue
            }
            let values = fields.map { field -> Value in
                field.text.isEmpty && !field.isQuoted
                    ? .null : .string(String(decoding: field.text, as: UTF8.self))
            }
            #expect(code == nil && decoded.rows()[row] == values, "\(label) row \(row)")
        }
    }

    /// The same bytes, arriving piece by piece.
    private func checkPieces(
        _ data: Buffer, _ end: Int, _ decoder: CSVDecoder, _ whole: DecodedRecords,
        _ random: inout SeededGenerator,
        _ label: String
    ) {
        var framing = RecordFraming(.csv(decoder.options, fieldCount: decoder.columnCount))
        var start = 0
        var known = 0
        var rows: [[Value]] = []
        var codes: [DecodeError] = []
        while known < end {
            known = min(end, known + 1 + random.below(40))
            let behind = framing.end(in: data, start..<known, isFinal: known == end)
            #expect(behind >= start && behind <= known, "\(label)")
            let decoded = decoder.decode(data, range: start..<behind)
            rows += decoded.rows()
            codes += decoded.errors.map(\.reason)
            start = behind
        }
        #expect(rows == whole.rows(), "\(label) in pieces")
        #expect(codes == whole.errors.map(\.reason), "\(label) in pieces")
    }

    @Test func framingOfLinesFindsTheLastLineEnd() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let bytes = (0..<random.below(300)).map { _ -> UInt8 in random.once(in: 20) ? 0x0A : 0x78 }
            let data = buffer(bytes)
            #expect(bytes.withUnsafeBytes { RecordFraming.newlines(in: $0) } == bytes.count { $0 == 0x0A })
            var framing = RecordFraming(.lines)
            var start = 0
            var known = 0
            var ends: [Int] = []
            while known < bytes.count {
                known = min(bytes.count, known + 1 + random.below(50))
                let expected = bytes[start..<known].lastIndex(of: 0x0A).map { $0 + 1 } ?? start
                start = framing.end(in: data, start..<known)
                #expect(start == expected)
                ends.append(start)
            }
            for position in 0..<bytes.count {
                let next = RecordFraming.nextLine(in: data, 0..<bytes.count, after: position)
                let isStart = position == 0 || bytes[position - 1] == 0x0A
                let expected =
                    isStart ? position : bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
                #expect(next == expected)
            }
        }
    }
}
