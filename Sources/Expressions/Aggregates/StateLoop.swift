import Columnar

/// The loop that all updates share: the valid rows of the first argument with their states, in order.
enum StateLoop {
    @inline(__always)
    static func forEach(
        _ column: Column, _ rows: UnsafePointer<Int32>, _ states: UnsafePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ body: (Int, UnsafeMutableRawPointer) -> Void
    ) {
        if let validity = column.validity {
            for index in 0..<count {
                let row = Int(rows[index])
                if validity[row] { body(row, states[index]) }
            }
        } else {
            for index in 0..<count { body(Int(rows[index]), states[index]) }
        }
    }
}

extension UnsafeMutableRawPointer {
    /// A DECIMAL in a state, which is aligned to 8 bytes only.
    @inline(__always) var decimal: Int128 {
        get { loadUnaligned(as: Int128.self) }
        nonmutating set { storeBytes(of: newValue, as: Int128.self) }
    }
}
