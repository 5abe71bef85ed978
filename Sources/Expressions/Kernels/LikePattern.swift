import Columnar
import Glibc

/// A LIKE pattern, compiled: `%` is any run, `_` any one character, the escape character takes the next as
/// it is.
struct LikePattern {
    private enum Step: Equatable {
        case bytes([UInt8])
        case one
        case run
    }

    private enum Shape {
        case exact([UInt8])
        case prefix([UInt8])
        case suffix([UInt8])
        case inside([UInt8])
        case general([Step])
    }

    private let shape: Shape

    init(_ pattern: UnsafeRawBufferPointer, escape: Unicode.Scalar?) {
        var steps: [Step] = []
        var literal: [UInt8] = []
        func flush() {
            if !literal.isEmpty { steps.append(.bytes(literal)) }
            literal = []
        }
        var scalars = String(decoding: pattern, as: UTF8.self).unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            if scalar == escape {
                // An escape at the end stands for itself.
                literal += Array(String(scalars.next() ?? scalar).utf8)
            } else if scalar == "%" {
                flush()
                if steps.last != .run { steps.append(.run) }
            } else if scalar == "_" {
                flush()
                steps.append(.one)
            } else {
                literal += Array(String(scalar).utf8)
            }
        }
        flush()
        shape = LikePattern.shape(of: steps)
    }

    private static func shape(of steps: [Step]) -> Shape {
        switch steps.count {
        case 0: return .exact([])
        case 1:
            if case .bytes(let bytes) = steps[0] { return .exact(bytes) }
            if steps[0] == .run { return .prefix([]) }
        case 2:
            if case .bytes(let bytes) = steps[0], steps[1] == .run { return .prefix(bytes) }
            if case .bytes(let bytes) = steps[1], steps[0] == .run { return .suffix(bytes) }
        case 3:
            if case .bytes(let bytes) = steps[1], steps[0] == .run, steps[2] == .run { return .inside(bytes) }
        default: break
        }
        return .general(steps)
    }

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        switch shape {
        case .exact(let bytes): return text.count == bytes.count && LikePattern.starts(text, 0, bytes)
        case .prefix(let bytes): return LikePattern.starts(text, 0, bytes)
        case .suffix(let bytes):
            return text.count >= bytes.count && LikePattern.starts(text, text.count - bytes.count, bytes)
        case .inside(let bytes):
            return bytes.withUnsafeBytes { Characters.find($0, in: text, from: 0) != nil }
        case .general(let steps): return LikePattern.matches(text, steps)
        }
    }

    private static func starts(_ text: UnsafeRawBufferPointer, _ at: Int, _ bytes: [UInt8]) -> Bool {
        guard at + bytes.count <= text.count else { return false }
        guard let base = text.baseAddress else { return bytes.isEmpty }
        return memcmp(base + at, bytes, bytes.count) == 0
    }

    /// Greedy matching that goes back to the last run only: O(text × steps).
    private static func matches(_ text: UnsafeRawBufferPointer, _ steps: [Step]) -> Bool {
        var (position, step) = (0, 0)
        var (runStep, runPosition) = (-1, 0)
        while true {
            if step == steps.count {
                if position == text.count { return true }
            } else {
                switch steps[step] {
                case .run:
                    (runStep, runPosition) = (step, position)
                    step += 1
                    continue
                case .one where position < text.count:
                    position = next(text, position)
                    step += 1
                    continue
                case .bytes(let bytes) where starts(text, position, bytes):
                    position += bytes.count
                    step += 1
                    continue
                default: break
                }
            }
            guard runStep >= 0, runPosition < text.count else { return false }
            runPosition = next(text, runPosition)
            (position, step) = (runPosition, runStep + 1)
        }
    }

    /// The start of the character behind the one at `position`.
    private static func next(_ text: UnsafeRawBufferPointer, _ position: Int) -> Int {
        var position = position + 1
        while position < text.count, text[position] & 0xC0 == 0x80 { position += 1 }
        return position
    }

    static func kernel(escape: Unicode.Scalar?) -> OperationNode.Kernel {
        { call in
            let (texts, patterns) = (call.operands[0], call.operands[1])
            let bits = Bitmap(repeating: false, count: call.count)
            let constant =
                patterns.isConstant ? LikePattern(patterns.column.bytes(at: 0), escape: escape) : nil
            call.forEachRow { row in
                let pattern =
                    constant ?? LikePattern(patterns.column.bytes(at: patterns.index(row)), escape: escape)
                if pattern.matches(texts.column.bytes(at: texts.index(row))) { bits.set(row) }
            }
            return call.booleans(bits)
        }
    }
}
