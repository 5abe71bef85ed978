/// A length of time as it is written: `10 MINUTES`.
///
/// Equal when amount and unit are: `60 SECONDS` and `1 MINUTE` differ, their `milliseconds` do not.
public struct TimeSpan: Hashable, Sendable {
    public let amount: Int64
    public let unit: TimeUnit
    /// The whole length in milliseconds.
    public let milliseconds: Int64
    @NotCompared public var span: SourceSpan

    /// `nil` when the length does not fit 64 bits of milliseconds.
    public init?(amount: Int64, unit: TimeUnit, span: SourceSpan = .none) {
        let (product, overflow) = amount.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self.amount = amount
        self.unit = unit
        milliseconds = product
        self.span = span
    }
}
