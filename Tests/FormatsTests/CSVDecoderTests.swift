import Columnar
import Testing

@testable import Formats

@Suite("CSV records")
struct CSVDecoderTests {
    private func strings(_ count: Int) -> [DecodedField] {
        (0..<count).map { DecodedField("c\($0)", .string) }
    }

    private func decoder(_ count: Int, _ options: CSVOptions = CSVOptions()) -> CSVDecoder {
        CSVDecoder(fields: strings(count), options: options, columnCount: count)
    }

    private func use(_ decoder: CSVDecoder, _ header: String) throws {
        let bytes = Array(header.utf8)
        try bytes.withUnsafeBytes { try decoder.useHeader($0) }
    }

    @Test func quotedFieldsHoldDelimitersLineEndsAndQuotes() {
        let text = "a,\"b,c\",d\r\n\"line one\nline two\",\"say \"\"hi\"\"\",\"\"\n,x,\"tail\""
        let decoded = decoder(3).decode(text)
        #expect(
            decoded.rows() == [
                [.string("a"), .string("b,c"), .string("d")],
                [.string("line one\nline two"), .string("say \"hi\""), .string("")],
                [.null, .string("x"), .string("tail")],
            ])
        #expect(decoded.errors.isEmpty)
        #expect(decoded.texts(buffer(text))[1] == "\"line one\nline two\",\"say \"\"hi\"\"\",\"\"")
    }

    @Test func columnsAreFoundByTheHeader() throws {
        let decoder = CSVDecoder(fields: [DecodedField("Price", .double), DecodedField("ID", .integer)])
        try use(decoder, "\u{FEFF}id, other ,\"price\"\r\n")
        #expect(
            decoder.decode("1,x,2.5\n2,,\n").rows() == [[.double(2.5), .integer(1)], [.null, .integer(2)]])
        try use(decoder, "PRICE,id,x,id\n")
        #expect(decoder.columnCount == 4)
    }

    @Test func aHeaderWithoutAColumnIsRefusedWithTheNearestName() throws {
        let decoder = CSVDecoder(fields: [DecodedField("user_id", .string)])
        #expect {
            try use(decoder, "event_id,userid,price")
        } throws: { error in
            let error = error as? HeaderError
            return error?.missing == "user_id" && error?.nearest == "userid"
                && error?.header == ["event_id", "userid", "price"]
                && error?.message
                    == "the header has no column user_id; it has \"event_id\", \"userid\", \"price\""
        }
        #expect(throws: HeaderError.self) { try use(decoder, "\"user_id") }
        #expect(throws: HeaderError.self) { try use(decoder, "\r\n") }
    }

    @Test func wrongFieldCountsAndTypesAreErrors() {
        let fields = [DecodedField("a", .integer), DecodedField("b", .decimal(precision: 5, scale: 2))]
        let decoder = CSVDecoder(fields: fields, columnCount: 2)
        let decoded = decoder.decode("1,2.5\n1\n1,2,3\n\nx,1\n 7 , 1.005 \n\"\",\"3\"\n1,1000\n")
        func decimal(_ unscaled: Int128) -> Value { .decimal(unscaled, scale: 2) }
        #expect(
            decoded.rows() == [
                [.integer(1), decimal(250)], [.null, .null], [.null, .null], [.null, .null],
                [.integer(7), decimal(101)], [.null, decimal(300)], [.null, .null],
            ])
        #expect(decoded.codes == [1: .fieldCount, 2: .fieldCount, 3: .wrongType, 6: .wrongType])
        #expect(decoded.errors[0].reason.message == "expected 2 fields, found 1")
        #expect(decoded.errors[2].reason.message == "column a: expected INTEGER, found x")
    }

    @Test func anUnbalancedQuoteCostsOneLine() {
        let decoded = decoder(2).decode(
            "1,a\n2,\"b\n3,c\n4,\"d\"\n5,\"e\"f\n6,g\n7,5\" screen\n8,\"never\n9,x")
        #expect(
            decoded.column(0).map(\.isNull) == [false, true, false, false, true, false, false, true, false])
        #expect(decoded.codes == [1: .badQuotes, 4: .badQuotes, 7: .badQuotes])
        #expect(decoded.rows()[6] == [.string("7"), .string("5\" screen")])
    }

    @Test func aRecordThatClosesInTheWrongPlaceIsToldByItsFieldCount() {
        // The quote of line 1 would end at that of line 3, with one field too few.
        let decoded = decoder(3).decode("1,\"a,x\n2,b,y\n3,\"\n4,d,z\n")
        #expect(decoded.codes == [0: .badQuotes, 2: .badQuotes])
        #expect(decoded.rows()[1] == [.string("2"), .string("b"), .string("y")])
        #expect(decoded.rows()[3] == [.string("4"), .string("d"), .string("z")])
    }

    @Test func aQuotedFieldEndsWithinTheLongestRecord() {
        let options = CSVOptions(maximumRecordBytes: 20)
        let long = "1,\"" + String(repeating: "x\n", count: 20) + "\"\n"
        let decoded = decoder(2, options).decode(long + "2,\"short\n\"\n")
        #expect(decoded.errors.first?.reason.code == .badQuotes)
        #expect(decoded.rows().last == [.string("2"), .string("short\n")])
    }

    @Test func invalidUTF8IsAnErrorOfItsRecordOnly() {
        let bytes: [UInt8] = Array("a,é\nb,".utf8) + [0xFF] + Array("\nc,ü\n".utf8)
        let decoded = decoder(2).decode(buffer(bytes))
        #expect(
            decoded.rows() == [[.string("a"), .string("é")], [.null, .null], [.string("c"), .string("ü")]])
        #expect(decoded.codes == [1: .badUTF8])
    }

    @Test func otherDelimitersAndNestedValues() {
        let fields = [
            DecodedField("list", .array(.integer), position: 2), DecodedField("raw", .bytes, position: 0),
            DecodedField("ok", .boolean, position: 1), DecodedField("at", .timestamp, position: 3),
        ]
        let decoder = CSVDecoder(fields: fields, options: CSVOptions(delimiter: 0x09), columnCount: 4)
        let decoded = decoder.decode(
            "AQI=\tTrue\t[1,2]\t2026-11-18T00:00:00Z\n\tfalse\t\"[]\"\t1000\n\"\"\t\t[1\t\n")
        #expect(
            decoded.rows() == [
                [
                    .array([.integer(1), .integer(2)]), .bytes([1, 2]), .boolean(true),
                    .timestamp(1_794_960_000_000),
                ],
                [.array([]), .null, .boolean(false), .timestamp(1000)], [.null, .null, .null, .null],
            ])
    }

    @Test func framedValuesAreWholeRecords() {
        let data = buffer("1,a2,b\n3,c\n4,d5")
        let frames = RecordFrames([0..<3, 3..<7, 7..<14, nil, 14..<15, 0..<0])
        let decoded = decoder(2).decode(data, frames: frames)
        #expect(decoded.column(1) == [.string("a"), .string("b"), .null, .null, .null, .null])
        #expect(decoded.codes == [2: .badQuotes, 4: .fieldCount, 5: .fieldCount])
        let single = decoder(1).decode(data, frames: RecordFrames([0..<0, 0..<1]))
        #expect(single.column(0) == [.null, .string("1")])
        #expect(single.errors.isEmpty)
    }

    @Test(.enabled(if: TestData.root != nil, Comment(rawValue: TestData.missing)))
    func theSpectrumOfRealFilesIsReadRight() throws {
        let names = try TestData.names("csv/csvs")
        #expect(names.count == 7)
        for name in names {
            let bytes = try TestData.bytes("csv/csvs/" + name)
            let json = try JSONValue(parsing: try TestData.bytes("csv/json/" + name.dropLast(3) + "json"))
            let expected = try #require(json.array)
            let header = bytes.prefix { $0 != 0x0A }
            let columns = try #require(expected.first?.members).map(\.name)
            let decoder = CSVDecoder(fields: columns.map { DecodedField($0, .string) })
            try Array(header).withUnsafeBytes { try decoder.useHeader($0) }
            let decoded = decoder.decode(buffer(bytes), range: header.count + 1..<bytes.count)
            #expect(decoded.errors.isEmpty, "\(name)")
            let found = decoded.rows().map { row in
                JSONValue.object(
                    zip(columns, row).map { name, value in
                        guard case .string(let text) = value else { return JSONValue.Member(name, nil) }
                        return JSONValue.Member(name, .string(text))
                    })
            }
            #expect(found == expected, "\(name)")
        }
    }
}
