/// Where the windows lie that are asked for; event times in milliseconds.
public struct WindowBounds: Hashable, Sendable {
    public var starts: ClosedRange<Int64>
    public var ends: ClosedRange<Int64>

    public static let all = WindowBounds()

    public init(
        starts: ClosedRange<Int64> = .min ... .max, ends: ClosedRange<Int64> = .min ... .max
    ) {
        self.starts = starts
        self.ends = ends
    }

    /// Where there is but one.
    var onlyWindow: (start: Int64, end: Int64)? {
        guard starts.lowerBound == starts.upperBound, ends.lowerBound == ends.upperBound else { return nil }
        return (starts.lowerBound, ends.lowerBound)
    }
}
