import Columnar

/// Puts a column together from parts that hold for different rows; rows of no part are NULL.
struct Blend {
    let type: DataType
    let count: Int
    /// Rows of the parts do not overlap. A part's type is the result's.
    private(set) var parts: [(value: Operand, rows: Bitmap)] = []

    init(type: DataType, count: Int) {
        self.type = type
        self.count = count
    }

    mutating func add(_ value: Operand, rows: Bitmap) { parts.append((value, rows)) }

    func finish() -> Column {
        let validity = self.validity()
        switch type {
        case .boolean:
            let bits = Bitmap(repeating: false, count: count)
            for part in parts {
                let source = part.value.column.booleans
                let constant: UInt64 = part.value.isConstant && source[0] ? .max : 0
                for word in 0..<bits.wordCount {
                    bits.words[word] |=
                        part.rows.words[word] & (part.value.isConstant ? constant : source.words[word])
                }
            }
            bits.keep(validity)
            return .booleans(bits, validity: validity)
        case .string, .bytes: return texts(validity)
        case .array, .map, .structure: return nested()
        default:
            let values = Buffer(capacity: count * type.width, zeroed: true)
            switch type.width {
            case 4: copy(Int32.self, to: values)
            case 8: copy(Int64.self, to: values)
            default: copy(Int128.self, to: values)
            }
            return Column(type: type, count: count, validity: validity, storage: .fixed(values))
        }
    }

    private func validity() -> Bitmap? {
        let valid = Bitmap(repeating: false, count: count)
        for part in parts {
            if part.value.isNullConstant { continue }
            let own = part.value.isConstant ? nil : part.value.column.validity
            for word in 0..<valid.wordCount {
                valid.words[word] |= part.rows.words[word] & (own?.words[word] ?? .max)
            }
        }
        return valid.inverted.isEmpty ? nil : valid
    }

    @inline(__always)
    private func copy<T>(_ type: T.Type, to values: Buffer) {
        let out = values.pointer.assumingMemoryBound(to: T.self)
        for part in parts {
            let source = FixedKernels.pointer(part.value, T.self)
            if part.value.isConstant {
                let value = source[0]
                part.rows.forEachOne { out[$0] = value }
            } else {
                part.rows.forEachOne { out[$0] = source[$0] }
            }
        }
    }

    private func texts(_ validity: Bitmap?) -> Column {
        let values = Buffer(capacity: count * 16, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: StringView.self)
        var data: [Buffer] = []
        for part in parts {
            let source = part.value.column.views
            let buffers = part.value.column.dataBuffers
            let shift = data.count
            data += buffers
            if part.value.isConstant {
                let view = source[0].rebased(by: shift)
                part.rows.forEachOne { out[$0] = view }
            } else {
                part.rows.forEachOne { out[$0] = source[$0].rebased(by: shift) }
            }
        }
        return Column(type: type, count: count, validity: validity, storage: .views(values, data: data))
    }

    private func nested() -> Column {
        let rows = Buffer(capacity: count * 4, zeroed: true)
        let picks = rows.pointer.assumingMemoryBound(to: Int32.self)
        var start = 1
        // Row 0 of the concatenation is the NULL for rows of no part.
        var columns = [Column.nulls(type, count: 1)]
        for part in parts {
            let column = part.value.column
            let base = Int32(start)
            part.rows.forEachOne { picks[$0] = base + (part.value.isConstant ? 0 : Int32($0)) }
            columns.append(column)
            start += column.count
        }
        return Column.concatenate(columns).gather(Selection(buffer: rows, count: count))
    }
}

extension Column {
    /// The column with only those rows left valid that `mask` has too; the others' slots are cleared.
    func masked(by mask: Bitmap?) -> Column {
        guard let mask else { return self }
        let excess = validity?.subtracting(mask) ?? mask.inverted
        if excess.isEmpty { return self }
        var blend = Blend(type: type, count: count)
        blend.add(Operand(self), rows: mask)
        return blend.finish()
    }
}
