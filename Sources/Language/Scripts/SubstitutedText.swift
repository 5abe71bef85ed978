/// The text of one statement with its variables put in, and the way back to the original text.
struct SubstitutedText {
    /// A stretch of the new text that was copied, or that stands for one `${name}`.
    private struct Segment {
        let range: Range<Int>
        let original: SourceSpan
        let isReplacement: Bool

        /// The place in the original of a place in, or at the end of, this stretch.
        func original(of offset: Int) -> Int {
            min(original.offset + offset - range.lowerBound, original.end)
        }
    }

    private(set) var bytes: [UInt8] = []
    private var segments: [Segment] = []

    mutating func copy(_ source: ArraySlice<UInt8>) {
        guard !source.isEmpty else { return }
        let original = SourceSpan(offset: source.startIndex, length: source.count)
        append(source, for: original, isReplacement: false)
    }

    mutating func replace(_ original: SourceSpan, by replacement: some Sequence<UInt8>) {
        append(replacement, for: original, isReplacement: true)
    }

    private mutating func append(
        _ new: some Sequence<UInt8>, for original: SourceSpan, isReplacement: Bool
    ) {
        let start = bytes.count
        bytes.append(contentsOf: new)
        segments.append(
            Segment(range: start..<bytes.count, original: original, isReplacement: isReplacement))
    }

    /// The stretch of the original that the bytes `range` come from: all of a `${name}` for any part of
    /// its value. An empty range is the place before its first byte.
    func original(of range: Range<Int>) -> SourceSpan {
        guard let first = segment(at: range.lowerBound) else { return .none }
        let start =
            first.isReplacement
            ? (range.lowerBound < first.range.upperBound ? first.original.offset : first.original.end)
            : first.original(of: range.lowerBound)
        guard !range.isEmpty, let last = segment(at: range.upperBound - 1) else {
            return SourceSpan(offset: start, length: 0)
        }
        let end = last.isReplacement ? last.original.end : last.original(of: range.upperBound)
        return SourceSpan(offset: start, length: max(end - start, 0))
    }

    /// The last stretch that starts at or before `offset`.
    private func segment(at offset: Int) -> Segment? {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].range.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? segments[low - 1] : nil
    }
}
