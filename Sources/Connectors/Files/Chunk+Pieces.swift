import Columnar
import Runtime

extension Chunk {
    /// One chunk a run of records, each with the rejections behind it.
    static func chunks(
        of pieces: [RecordPiece], sourceName: String, header: [UInt8]?, isLastOfFile: Bool
    ) -> [Chunk] {
        var chunks: [Chunk] = []
        var index = 0
        while index < pieces.count {
            var buffer = Buffer.none
            var range = 0..<0
            var offset: Int64 = 0
            if case .records(let records, let recordRange, let start) = pieces[index] {
                (buffer, range, offset) = (records, recordRange, Int64(start))
                index += 1
            }
            var rejections: [Rejection] = []
            while index < pieces.count, case .rejected(let rejection) = pieces[index] {
                if range.isEmpty, rejections.isEmpty { offset = rejection.offset }
                rejections.append(rejection)
                index += 1
            }
            chunks.append(
                Chunk(
                    buffer: buffer, range: range, sourceName: sourceName, offset: offset, header: header,
                    isLastOfFile: isLastOfFile && index == pieces.count, rejections: rejections))
        }
        return chunks
    }

    /// A chunk without records, for something that could not be read.
    static func rejecting(_ rejection: Rejection, of sourceName: String, isLastOfFile: Bool) -> Chunk {
        Chunk(
            buffer: .none, range: 0..<0, sourceName: sourceName, offset: rejection.offset, header: nil,
            isLastOfFile: isLastOfFile, rejections: [rejection])
    }

    /// A chunk without records, to say that the file ends.
    static func empty(of sourceName: String, at offset: Int) -> Chunk {
        Chunk(
            buffer: .none, range: 0..<0, sourceName: sourceName, offset: Int64(offset), header: nil,
            isLastOfFile: true, rejections: [])
    }
}

extension Buffer {
    /// A buffer of no bytes.
    static let none = Buffer(capacity: 0)
}
