import Runtime

extension Chunk {
    /// Where the lines of a file's chunk are.
    var range: Range<Int> {
        if case .lines(let range, _) = framing { return range }
        return 0..<0
    }

    var header: [UInt8]? {
        if case .lines(_, let header) = framing { return header }
        return nil
    }
}
