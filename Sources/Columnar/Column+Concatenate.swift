import Glibc

extension Column {
    /// The rows of all `parts`, one after another; long strings are shared, not copied.
    ///
    /// `parts` must not be empty and must have one type.
    public static func concatenate(_ parts: [Column]) -> Column {
        precondition(!parts.isEmpty, "concatenate needs at least one column")
        if parts.count == 1 { return parts[0] }
        let type = parts[0].type
        let count = parts.reduce(0) { $0 + $1.count }
        let validity = Bitmap.concatenate(validities: parts, count: count)
        switch parts[0].storage {
        case .bits:
            let bits = Bitmap(repeating: false, count: count)
            var start = 0
            for part in parts {
                bits.copy(part.booleans, at: start)
                start += part.count
            }
            return Column(type: type, count: count, validity: validity, storage: .bits(bits))
        case .fixed:
            let values = Buffer(capacity: count * type.width)
            var end = values.pointer
            for part in parts {
                memcpy(end, part.valuesPointer, part.count * type.width)
                end += part.count * type.width
            }
            return Column(type: type, count: count, validity: validity, storage: .fixed(values))
        case .views:
            return concatenateViews(parts, type: type, count: count, validity: validity)
        case .list:
            let offsets = concatenateOffsets(parts, count: count)
            let elements = concatenate(parts.map { $0.children[0] })
            return Column(
                type: type, count: count, validity: validity,
                storage: .list(offsets: offsets, elements: elements))
        case .map:
            let offsets = concatenateOffsets(parts, count: count)
            return Column(
                type: type, count: count, validity: validity,
                storage: .map(
                    offsets: offsets, keys: concatenate(parts.map { $0.children[0] }),
                    values: concatenate(parts.map { $0.children[1] })))
        case .structure(let members):
            let joined = members.indices.map { member in concatenate(parts.map { $0.children[member] }) }
            return Column(type: type, count: count, validity: validity, storage: .structure(joined))
        }
    }

    private static func concatenateViews(
        _ parts: [Column], type: DataType, count: Int, validity: Bitmap?
    ) -> Column {
        let values = Buffer(capacity: count * 16)
        let out = values.pointer.assumingMemoryBound(to: StringView.self)
        var data: [Buffer] = []
        var position = 0
        for part in parts {
            let buffers = part.dataBuffers
            // Neighbouring parts often come from one chunk: keep its buffer once.
            let sharesLast = buffers.count == 1 && data.last === buffers.first
            let shift = sharesLast ? data.count - 1 : data.count
            if !sharesLast { data.append(contentsOf: buffers) }
            let views = part.views
            for row in 0..<part.count { out[position &+ row] = views[row].rebased(by: shift) }
            position += part.count
        }
        return Column(type: type, count: count, validity: validity, storage: .views(values, data: data))
    }

    private static func concatenateOffsets(_ parts: [Column], count: Int) -> Buffer {
        let result = Buffer(capacity: (count + 1) * 4)
        let out = result.pointer.assumingMemoryBound(to: Int32.self)
        var position = 0
        var shift: Int32 = 0
        out[0] = 0
        for part in parts {
            for row in 0..<part.count { out[position + row + 1] = part.offsets[row + 1] + shift }
            position += part.count
            shift += Int32(part.children[0].count)
        }
        return result
    }
}

extension Bitmap {
    /// Copies all bits of `source` to `start` and behind; the target bits must be 0.
    func copy(_ source: Bitmap, at start: Int) {
        let shift = UInt64(start & 63)
        for word in 0..<source.wordCount {
            var bits = source.words[word]
            let left = source.count - word * 64
            if left < 64 { bits &= (1 << UInt64(left)) - 1 }
            let target = (start >> 6) + word
            words[target] |= bits << shift
            if shift != 0 && target + 1 < wordCount { words[target + 1] |= bits >> (64 - shift) }
        }
    }

    static func concatenate(validities parts: [Column], count: Int) -> Bitmap? {
        guard parts.contains(where: { $0.validity != nil }) else { return nil }
        let result = Bitmap(repeating: false, count: count)
        var start = 0
        for part in parts {
            result.copy(part.validity ?? Bitmap(repeating: true, count: part.count), at: start)
            start += part.count
        }
        return result
    }
}
