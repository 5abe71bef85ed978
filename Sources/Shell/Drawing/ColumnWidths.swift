/// How wide the columns of a table are.
enum ColumnWidths {
    /// What stands between two columns, and before the first.
    static let gap = 3
    static let margin = 1
    /// A text in a narrower column can't be read; then a row is better drawn as lines of its own.
    private static let narrowest = 10

    /// Widths that fit, or nil where the columns are too many.
    ///
    /// - Parameters:
    ///   - natural: what each column would take.
    ///   - isFixed: columns that are never made narrower: numbers.
    ///   - columns: the terminal's; nil is without end.
    static func fitted(_ natural: [Int], isFixed: [Bool], columns: Int?) -> [Int]? {
        guard let columns else { return natural }
        let room = columns - margin - gap * (natural.count - 1)
        if natural.reduce(0, +) <= room { return natural }
        // The widest cap under which all fits: only what is wider than others gets narrower.
        func capped(_ cap: Int) -> [Int] {
            natural.enumerated().map { isFixed[$0.offset] ? $0.element : min($0.element, cap) }
        }
        guard capped(narrowest).reduce(0, +) <= room else { return nil }
        var low = narrowest
        var high = natural.max() ?? narrowest
        while low < high {
            let middle = (low + high + 1) / 2
            if capped(middle).reduce(0, +) <= room { low = middle } else { high = middle - 1 }
        }
        var widths = capped(low)
        // What rounding left over.
        var left = room - widths.reduce(0, +)
        for index in widths.indices where left > 0 && !isFixed[index] && widths[index] < natural[index] {
            widths[index] += 1
            left -= 1
        }
        return widths
    }
}
