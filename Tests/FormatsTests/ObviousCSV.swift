/// Delimited text read character by character: the rules of `CSVScanner`, spelt out slowly.
enum ObviousCSV {
    struct Record: Equatable {
        /// nil when the quotes are bad.
        var fields: [Field]?
        var text: [UInt8]
    }

    struct Field: Equatable {
        var text: [UInt8]
        var isQuoted: Bool
    }

    static func parse(
        _ bytes: [UInt8], delimiter: UInt8, columns: Int?, maximum: Int = 1 << 20
    ) -> [Record] {
        var rest = bytes[...]
        var records: [Record] = []
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            if let (fields, length, end) = record(rest, delimiter, maximum),
                columns == nil || fields.count == columns || !rest.prefix(length).contains(0x0A)
            {
                if length > 0 { records.append(Record(fields: fields, text: Array(rest.prefix(length)))) }
                rest = rest.dropFirst(end)
            } else {
                var text = Array(line)
                if text.last == 0x0D { text.removeLast() }
                records.append(Record(fields: nil, text: text))
                rest = rest.dropFirst(line.count + 1)
            }
        }
        return records
    }

    /// Fields, the record's length without and with its line end; nil when the quotes are bad.
    private static func record(
        _ bytes: ArraySlice<UInt8>, _ delimiter: UInt8, _ maximum: Int
    ) -> ([Field], Int, Int)? {
        let all = Array(bytes)
        var fields: [Field] = []
        var index = 0
        while true {
            var field = Field(text: [], isQuoted: false)
            if index < all.count && all[index] == 0x22 {
                field.isQuoted = true
                index += 1
                while true {
                    guard index < min(all.count, maximum) else { return nil }
                    if all[index] == 0x22 {
                        if index + 1 < all.count && all[index + 1] == 0x22 {
                            field.text.append(0x22)
                            index += 2
                            continue
                        }
                        index += 1
                        break
                    }
                    field.text.append(all[index])
                    index += 1
                }
            } else {
                while index < all.count, all[index] != delimiter, all[index] != 0x0A {
                    field.text.append(all[index])
                    index += 1
                }
                let endsLine = index == all.count || all[index] == 0x0A
                if endsLine && field.text.last == 0x0D {
                    field.text.removeLast()
                    index -= 1
                }
            }
            fields.append(field)
            if index == all.count { return (fields, index, index) }
            if all[index] == delimiter {
                index += 1
                continue
            }
            if all[index] == 0x0A { return (fields, index, index + 1) }
            if all[index] == 0x0D && index + 1 == all.count { return (fields, index, index + 1) }
            if all[index] == 0x0D && all[index + 1] == 0x0A { return (fields, index, index + 2) }
            return nil
        }
    }
}
