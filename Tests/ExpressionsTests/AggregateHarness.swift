import Columnar
import Expressions

/// States of an aggregate function, one for each group, as the runtime holds them.
final class AggregateHarness {
    let function: any AggregateFunction
    private let types: [DataType]
    private let states: Buffer
    let blobs = BlobHeap()

    init(
        _ name: String, _ types: [DataType], literals: [Value?]? = nil, groups: Int = 4,
        limits: AggregateFunctions.Limits = .init()
    ) throws {
        self.types = types
        function = try AggregateFunctions.resolve(
            name, argumentTypes: types, literals: literals ?? types.map { _ in nil }, limits: limits)
        states = Buffer(capacity: groups * function.stateBytes, zeroed: true)
    }

    func state(_ group: Int) -> UnsafeMutableRawPointer { states.pointer + group * function.stateBytes }

    /// Rows of arguments with their groups.
    func update(_ rows: [[Value]], groups: [Int], undo: Bool = false) {
        let columns = types.enumerated().map { index, type in
            let builder = ColumnBuilder(type: type)
            for row in rows { builder.append(row[index]) }
            return builder.finish()
        }
        let places = rows.indices.map { Int32($0) }
        let targets = groups.map { state($0) }
        if undo {
            function.undo(columns, rows: places, states: targets, count: rows.count, blobs: blobs)
        } else {
            function.update(columns, rows: places, states: targets, count: rows.count, blobs: blobs)
        }
    }

    func result(_ group: Int = 0) -> Value {
        let column = function.results([state(group)], count: 1, blobs: blobs)
        precondition(column.count == 1 && column.type == function.resultType)
        return column.value(at: 0)
    }

    func merge(_ later: Int, into earlier: Int) {
        function.merge(state(later), into: state(earlier), blobs: blobs)
    }

    /// Results after each row of group 0.
    func steps(_ rows: [Value]) -> [Value] {
        rows.map { row in
            update([[row]], groups: [0])
            return result()
        }
    }

    func release() {
        for group in 0..<states.capacity / function.stateBytes {
            for offset in function.blobOffsets { blobs.release(at: state(group) + offset) }
        }
    }
}
