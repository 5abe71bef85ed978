/// A row of bars, one character each.
enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The highest value fills its character; nothing at all is a blank.
    static func text(_ values: [Int]) -> String {
        let most = max(1, values.max() ?? 0)
        return String(values.map { $0 <= 0 ? " " : bars[min(7, ($0 * 8 - 1) / most)] })
    }
}
