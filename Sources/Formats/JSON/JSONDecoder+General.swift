import Columnar

/// The value of a field as the general way found it.
struct FoundValue {
    var token = JSONToken(.null, 0, 0)
    /// 0: none, 1: under a name that differs in case, 2: under the very name.
    var rank: UInt8 = 0
}

/// A key's prefix as it lies in the buffer, and the field that it stands for.
struct KeyNote {
    let start: Int
    let length: Int
    let field: Int32
}

extension JSONDecoder {
    /// Reads the record in `start..<end` into `row`, without any expectation.
    ///
    /// - Parameter noted: how many of the record's keys are in `notes`; 0 if it is no object.
    func readRecord(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, row: Int, noted: inout Int
    ) throws(DecodeError) {
        var scanner = JSONScanner(base, start, end)
        // A byte order mark, which some tools put at the start of a file.
        if end - start >= 3, WordScan.byte(base, start) == 0xEF, WordScan.byte(base, start + 1) == 0xBB,
            WordScan.byte(base, start + 2) == 0xBF
        {
            scanner.position = start + 3
        }
        do throws(JSONFault) {
            noted = try find(&scanner)
        } catch {
            throw error.decodeError(base, start: start, end: end)
        }
        if found[0].rank == FoundValue.notAnObject {
            found[0].rank = 0
            let text = UnsafeRawBufferPointer(start: base + start, count: end - start)
            throw DecodeError(.notAnObject, "expected a JSON object, found \(Excerpt.of(text))")
        }
        for field in fields.indices {
            if found[field].rank == 0 {
                slots.setNull(field: field, row: row)
            } else if !store(found[field].token, base, field: field, row: row) {
                let range = found[field].token.quotedRange
                throw DecodeError.wrongType(
                    column: fields[field].name, type: fields[field].type.sql,
                    found: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
            }
        }
    }

    /// Validates the record and notes where the fields' values are; returns how many keys were noted.
    private func find(_ scanner: inout JSONScanner) throws(JSONFault) -> Int {
        for field in 0..<max(1, fields.count) { found[field].rank = 0 }
        scanner.skipWhitespace()
        if !isWrapped {
            found[0].token = try scanner.value(depth: 0)
            found[0].rank = 2
            try scanner.finish()
            return 0
        }
        if scanner.byte != 0x7B {
            _ = try scanner.document()
            found[0].rank = FoundValue.notAnObject
            return 0
        }
        let base = scanner.base
        let (found, notes) = (self.found, self.notes)
        var noted = 0
        var isFirst = true
        // Behind the brace or comma before the name.
        var prefixStart = scanner.position + 1
        while let name = try scanner.nextName(isFirst: isFirst, depth: 0) {
            isFirst = false
            let length = scanner.position &- prefixStart
            let token = try scanner.value(depth: 1)
            var field = JSONLayout.unwanted
            forEachField(named: name, base) { match in
                field = field == JSONLayout.unwanted ? Int32(match.index) : JSONLayout.ambiguous
                let rank: UInt8 = match.isExact ? 2 : 1
                if rank >= found[match.index].rank {
                    found[match.index].rank = rank
                    found[match.index].token = token
                }
            }
            if noted < JSONLayout.keyLimit {
                (notes + noted).initialize(to: KeyNote(start: prefixStart, length: length, field: field))
                noted &+= 1
            }
            prefixStart = scanner.position + 1
        }
        try scanner.finish()
        return noted
    }

    @inline(__always)
    private func forEachField(
        named name: JSONToken, _ base: UnsafeRawPointer, _ visit: (NameTable.Match) -> Void
    ) {
        guard name.hasEscapes else {
            let bytes = UnsafeRawBufferPointer(start: base + name.start, count: name.end - name.start)
            return names.forEachMatch(bytes, visit)
        }
        scratch.removeAll()
        JSONStringScan.unescape(base, name.start, name.end, to: scratch)
        names.forEachMatch(scratch.bytes, visit)
    }

    /// Puts the value into its column; false when the type refuses it.
    func store(_ token: JSONToken, _ base: UnsafeRawPointer, field: Int, row: Int) -> Bool {
        let slot = slots.slots + field
        if slot.pointee.type.kind == .nested {
            return storeNested(token, base, field: field, row: row)
        }
        if token.kind == .null {
            slot.pointee.setNull(row)
            return true
        }
        slot.pointee.setValid(row)
        switch slot.pointee.type.kind {
        case .string:
            storeText(token, base, slot, row: row)
            return true
        case .bytes:
            return token.kind == .string && storeBytes(token, base, slot, row: row)
        default:
            break
        }
        guard let bits = scalar(token, base, slot.pointee.type) else { return false }
        slot.pointee.store(bits, row)
        return true
    }

    @inline(never)
    private func storeNested(_ token: JSONToken, _ base: UnsafeRawPointer, field: Int, row: Int) -> Bool {
        guard let builder = slots.builders[field] else { return false }
        builder.truncate(to: row)
        let nesting = JSONNesting(base: base, timestamps: slots.timestamps, scratch: scratch)
        return nesting.append(token, to: builder)
    }

    private func scalar(_ token: JSONToken, _ base: UnsafeRawPointer, _ type: ScalarType) -> ScalarBits? {
        ScalarBits(token, base, as: type, timestamps: &slots.timestamps.pointee, scratch: scratch)
    }

    private func storeText(
        _ token: JSONToken, _ base: UnsafeRawPointer, _ slot: UnsafeMutablePointer<FieldSlot>, row: Int
    ) {
        if token.mayDiffer {
            let begin = slots.side.count
            if token.appendText(base, to: slots.side) { return storeSide(from: begin, slot, row: row) }
        }
        let view = StringView(
            base: base, buffer: 0, offset: token.start, length: token.end &- token.start)
        slot.pointee.store(view, row)
    }

    private func storeBytes(
        _ token: JSONToken, _ base: UnsafeRawPointer, _ slot: UnsafeMutablePointer<FieldSlot>, row: Int
    ) -> Bool {
        let begin = slots.side.count
        guard token.appendBase64(base, to: slots.side, scratch: scratch) else { return false }
        storeSide(from: begin, slot, row: row)
        return true
    }

    /// Stores what was appended to the side buffer from `begin` on.
    private func storeSide(from begin: Int, _ slot: UnsafeMutablePointer<FieldSlot>, row: Int) {
        slot.pointee.store(slots.sideView(from: begin), row)
    }
}

extension FoundValue {
    /// In the first field's place: the record is JSON but no object.
    static let notAnObject: UInt8 = 255
}
