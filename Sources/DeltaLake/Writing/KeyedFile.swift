import Columnar
import Formats

/// A data file of a table with keys, and what is known of its rows.
struct KeyedFile: Sendable {
    let add: AddFile
    let rowCount: Int
    /// The bounds of the window column; nil when the table has none or the file does not tell.
    let windows: ClosedRange<Int64>?
    /// Files of one partition have one text here.
    let partition: String
    /// False once another file has taken its rows over.
    var isLive = true
    /// Its windows are closed: its keys need not be in the map.
    private(set) var isSealed = false
    /// Of a sealed file: the bounds of its key columns, where they are known.
    private(set) var keyBounds: [(minimum: Value, maximum: Value)?] = []
    /// Of a sealed file: the bounds of the key column that is a time, nil where they are unknown.
    private(set) var times: ClosedRange<Int64>?

    init(_ add: AddFile, rowCount: Int, windows: ClosedRange<Int64>?) {
        self.add = add
        self.rowCount = rowCount
        self.windows = windows
        partition = add.partitionValues.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value ?? "\u{0}")" }.joined(separator: "\u{1}")
    }

    /// - Parameters:
    ///   - keys: the key columns.
    ///   - timeColumn: which of them is a time.
    mutating func seal(keys: [Field], timeColumn: Int?) {
        isSealed = true
        let stats = add.stats.flatMap { JSONValue.parse($0) }
        keyBounds = keys.map { key in
            stats.flatMap { FileStats.bounds($0, column: key.name, type: key.type) }
        }
        if let timeColumn, case (.timestamp(let low), .timestamp(let high))? = keyBounds[timeColumn],
            low <= high,
            stats?["nullCount"]?[keys[timeColumn].name]?.int64 == 0
        {
            times = low...high
        }
    }

    mutating func unseal() {
        isSealed = false
        keyBounds = []
        times = nil
    }

    /// Whether a row with this key can be in the sealed file.
    func mayHold(_ key: [Value]) -> Bool {
        zip(keyBounds, key).allSatisfy { bounds, value in
            bounds.map { KeyBounds.mayContain(value, $0) } ?? true
        }
    }
}
