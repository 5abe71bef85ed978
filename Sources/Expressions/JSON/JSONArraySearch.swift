import Columnar

/// JSON_ARRAY_CONTAINS: whether a text that holds a JSON array has a value among its elements.
enum JSONArraySearch {
    static let entry = ScalarFunction(
        "JSON_ARRAY_CONTAINS",
        signatures: [Signature([.string, .any(0)], returns: .boolean, strict: false, contains)])

    /// Values are compared as what they are: a number with numbers, a text with texts, NULL with null. False
    /// for a text that is no array.
    @Sendable private static func contains(_ call: Invocation) -> Column {
        let wanted = call.operands[1]
        let bits = Bitmap(repeating: false, count: call.count)
        var constant: [UInt8]?
        if wanted.isConstant { constant = json(wanted, 0) }
        for row in 0..<call.count where call.isValid(0, row) {
            let sought = constant ?? json(wanted, row)
            let text = call.bytes(0, row)
            let reader = JSONScanner(text)
            var isThere = false
            let isArray = JSONFunctions.elements(text) { element in
                isThere = isThere || isEqual(reader, element, sought, wanted.type)
            }
            if isArray == true, isThere { bits.set(row) }
        }
        return .booleans(bits)
    }

    private static func json(_ operand: Operand, _ row: Int) -> [UInt8] {
        var text: [UInt8] = []
        JSONWriter.append(operand.column, operand.index(row), to: &text)
        return text
    }

    private static func isEqual(
        _ reader: JSONScanner, _ element: Range<Int>, _ sought: [UInt8], _ type: DataType
    ) -> Bool {
        let first = reader.text[element.lowerBound]
        if sought.first == UInt8(ascii: "\"") {
            guard first == UInt8(ascii: "\"") else { return false }
            // Escapes may write one text in two ways.
            return sought.withUnsafeBytes {
                JSONScanner($0).string(0..<$0.count) == reader.string(element)
            }
        }
        let isNumber = first == UInt8(ascii: "-") || (48...57).contains(first)
        guard type.isNumeric, isNumber else {
            return reader.compact(element).elementsEqual(sought)
        }
        let there = UnsafeRawBufferPointer(rebasing: reader.text[element])
        if there.elementsEqual(sought) { return true }
        let isWhole = !there.contains { [46, 69, 101].contains($0) }
        // A whole number is not equal to one with a point, as in ksqlDB.
        if type == .integer || type == .bigint || isWhole { return false }
        let number = Double(String(decoding: there, as: UTF8.self))
        return number != nil && number == Double(String(decoding: sought, as: UTF8.self))
    }
}
