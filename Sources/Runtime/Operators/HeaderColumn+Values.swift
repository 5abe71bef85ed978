import Columnar
import Planning

extension Column {
    /// The headers in a row of a column of them.
    public func messageHeaders(at row: Int) -> [MessageHeader] {
        guard case .array(let list) = value(at: row) else { return [] }
        return list.compactMap { header in
            guard case .structure(let parts) = header, case .string(let name) = parts.first else {
                return nil
            }
            if case .bytes(let bytes) = parts.last { return MessageHeader(name, bytes) }
            return MessageHeader(name, nil)
        }
    }
}

extension SourceProperties.HeaderColumn {
    /// The column's values for `count` messages.
    ///
    /// - Parameter headers: by message; empty when none has any.
    func column(_ headers: [[MessageHeader]], count: Int) -> Column {
        func bytes(_ value: [UInt8]?) -> Value { value.map { .bytes($0) } ?? .null }
        switch self {
        case .all:
            let pair = DataType.structure([Field("KEY", .string), Field("VALUE", .bytes)])
            let builder = ColumnBuilder(type: .array(pair), capacity: count)
            for row in 0..<count {
                let own = row < headers.count ? headers[row] : []
                builder.append(.array(own.map { .structure([.string($0.name), bytes($0.value)]) }))
            }
            return builder.finish()
        case .last(let name):
            let builder = ColumnBuilder(type: .bytes, capacity: count)
            for row in 0..<count {
                let own = row < headers.count ? headers[row] : []
                builder.append(bytes(own.last { $0.name == name }?.value ?? nil))
            }
            return builder.finish()
        }
    }
}
