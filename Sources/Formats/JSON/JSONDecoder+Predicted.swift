import Columnar
import Glibc

extension JSONDecoder {
    /// Reads the record at `start` into `row` as long as it keeps to the layout.
    ///
    /// Returns the place behind its closing brace, or −1 when anything deviates; the row may then be half
    /// written. May look behind `end`, never behind the buffer's padding: nothing of the layout matches the
    /// zeros there.
    func predicted(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, row: Int, by layout: JSONLayout.Expectation
    ) -> Int {
        let (keys, count) = (layout.keys, layout.count)
        let fieldSlots = slots.slots
        var position = start
        guard WordScan.byte(base, position) == 0x7B else { return -1 }
        var key = 0
        while true {
            // At the brace or comma before a name.
            position &+= 1
            while !matches(keys + key, base, position, end, tails: layout.tails) {
                skip(field: keys[key].field, row: row)
                key &+= 1
                if key == count { return -1 }
            }
            position &+= Int(keys[key].length)
            let field = Int(keys[key].field)
            key &+= 1
            let byte = WordScan.byte(base, position)
            if byte == 0x22 {
                let first = position &+ 1
                let close = JSONStringScan.plainEnd(base, first, end)
                if close < end && WordScan.byte(base, close) == 0x22 {
                    position = close &+ 1
                    if field >= 0 {
                        switch fieldSlots[field].type.kind {
                        case .string:
                            let view = StringView(
                                base: base, buffer: 0, offset: first, length: close &- first)
                            fieldSlots[field].store(view, row)
                        case .timestamp:
                            // What only the general way takes, such as blanks around it, is left to it.
                            guard let time = slots.timestamps.pointee.parse(base, first, close) else {
                                return -1
                            }
                            fieldSlots[field].store(ScalarBits(time), row)
                        default:
                            guard store(JSONToken(.string, first, close), base, field: field, row: row)
                            else { return -1 }
                        }
                    }
                } else {
                    position = predictedValue(base, position, end, field: field, row: row)
                }
            } else if byte &- 48 <= 9 || byte == 0x2D {
                let number = NumberToken.json(base, position, end)
                if number.end < 0 { return -1 }
                if field >= 0
                    && !store(number, base, from: position, fieldSlots + field, field: field, row: row)
                {
                    return -1
                }
                position = number.end
            } else {
                position = predictedValue(base, position, end, field: field, row: row)
            }
            if position < 0 { return -1 }
            let delimiter = WordScan.byte(base, position)
            if delimiter == 0x2C && key < count { continue }
            guard delimiter == 0x7D else { return -1 }
            break
        }
        while key < count {
            skip(field: keys[key].field, row: row)
            key &+= 1
        }
        for index in 0..<layout.unseenCount { skip(field: layout.unseen[index], row: row) }
        return position < end ? position &+ 1 : -1
    }

    @inline(__always)
    private func matches(
        _ key: UnsafeMutablePointer<JSONLayout.Key>, _ base: UnsafeRawPointer, _ position: Int, _ end: Int,
        tails: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        let head = (WordScan.load(base, position) ^ key.pointee.head) & key.pointee.headMask
        let next = (WordScan.load(base, position &+ 8) ^ key.pointee.next) & key.pointee.nextMask
        if head | next != 0 { return false }
        let length = Int(key.pointee.length)
        if length <= 16 { return true }
        return position &+ length <= end
            && memcmp(base + position + 16, tails + Int(key.pointee.tail), length &- 16) == 0
    }

    /// The record has no such key, so its field is NULL.
    @inline(__always)
    private func skip(field: Int32, row: Int) {
        if field >= 0 { slots.setNull(field: Int(field), row: row) }
    }

    @inline(__always)
    private func store(
        _ number: NumberToken, _ base: UnsafeRawPointer, from start: Int,
        _ slot: UnsafeMutablePointer<FieldSlot>, field: Int, row: Int
    ) -> Bool {
        if slot.pointee.type.kind == .string {
            let view = StringView(base: base, buffer: 0, offset: start, length: number.end &- start)
            slot.pointee.store(view, row)
            return true
        }
        guard let bits = ScalarBits(number, base, from: start, as: slot.pointee.type) else { return false }
        slot.pointee.store(bits, row)
        return true
    }

    /// Values that are less common: other literals, nested ones, strings with escapes or beyond ASCII.
    ///
    /// Returns the place behind the value, or −1.
    @inline(never)
    private func predictedValue(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, field: Int, row: Int
    ) -> Int {
        guard start < end else { return -1 }
        var scanner = JSONScanner(base, start, end)
        do throws(JSONFault) {
            let token = try scanner.value(depth: 1)
            // White space in there could be the end of the line, and so of the record.
            if token.kind == .object || token.kind == .array,
                memchr(base + token.start, 0x0A, token.end - token.start) != nil
            {
                return -1
            }
            if field >= 0 && !store(token, base, field: field, row: row) { return -1 }
            return scanner.position
        } catch {
            return -1
        }
    }
}
