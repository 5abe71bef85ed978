extension ShopLineWriter {
    /// Appends a line made from the event and broken in the given way.
    mutating func append(
        _ event: ShopEvent, broken fault: Malformation, _ random: inout RandomSource,
        to buffer: inout LineBuffer
    ) {
        var columns = fields
        var values: [[UInt8]] = []
        for field in fields { values.append(value(field, of: event)) }

        func replace(_ field: ShopField, by bytes: [UInt8]) {
            if let index = columns.firstIndex(of: field) { values[index] = bytes }
        }
        let timeColumn: ShopField = columns.contains(.timestamp) ? .timestamp : .eventTimestamp

        switch fault {
        case .cutShort: break
        case .wrongFieldCount:
            if random.chance(0.3) {
                values.append(Array("surplus".utf8))
            } else {
                values.removeLast(1 + random.below(values.count - 1))
            }
        case .wrongType:
            let (field, text) = Self.wrongValue(in: format, &random)
            replace(field, by: Array(text.utf8))
        case .missingField:
            var required: [ShopField] = [.eventID, .userID, .sessionID, .eventType, timeColumn]
            if profile == .medallion, event.product != ShopEvent.noProduct { required.append(.productID) }
            let field = required[random.below(required.count)]
            if format == .json, random.chance(0.5), let index = columns.firstIndex(of: field) {
                columns.remove(at: index)
                values.remove(at: index)
            } else {
                replace(field, by: format.absent)
            }
        case .unknownType:
            let name = Malformation.unknownTypes[random.below(Malformation.unknownTypes.count)]
            replace(.eventType, by: format.encoded(name))
        case .negativePrice:
            replace(.price, by: [UInt8(ascii: "-")] + ShopFragments.amount(Int32(1 + random.below(99_999))))
        case .impossibleDate:
            let text = Malformation.impossibleDates[random.below(Malformation.impossibleDates.count)]
            replace(timeColumn, by: format.encoded(text))
        case .invalidUTF8:
            let candidates: [ShopField] = [.userID, .sessionID]
            if let index = columns.firstIndex(of: candidates[random.below(candidates.count)]) {
                let sequence = Malformation.invalidSequences[
                    random.below(Malformation.invalidSequences.count)]
                let closingQuote = format == .json ? 1 : 0
                values[index].insert(contentsOf: sequence, at: values[index].count - closingQuote)
            }
        }
        var line = joined(columns, values)
        // Every proper prefix of an object is invalid, wherever it ends.
        if fault == .cutShort { line.removeLast(1 + random.below(line.count - 1)) }
        buffer.append(line)
        buffer.append(CollectionOfOne(UInt8(ascii: "\n")))
    }

    private func joined(_ columns: [ShopField], _ values: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = format == .json ? [UInt8(ascii: "{")] : []
        for (index, value) in values.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            if format == .json { line += Array("\"\(columns[index].rawValue)\":".utf8) }
            line += value
        }
        if format == .json { line.append(UInt8(ascii: "}")) }
        return line
    }

    private static func wrongValue(
        in format: LineFormat, _ random: inout RandomSource
    ) -> (field: ShopField, text: String) {
        let inJSON: [(ShopField, String)] = [
            (.price, "\"n/a\""), (.price, "[19.99]"), (.price, "{\"amount\":19.99}"), (.quantity, "1.5"),
            (.quantity, "\"two\""), (.quantity, "[1]"),
        ]
        let inCSV: [(ShopField, String)] = [
            (.price, "n/a"), (.price, "12.3.4"), (.price, "cheap"), (.quantity, "1.5"), (.quantity, "two"),
        ]
        let choices = format == .json ? inJSON : inCSV
        return choices[random.below(choices.count)]
    }
}
