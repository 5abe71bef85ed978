import Columnar
import Formats

/// Records of a file, not necessarily one behind the other, with the places where they stood.
public struct PlacedRecords: Sendable {
    public let frames: RecordFrames
    /// BIGINT: the byte offset of each in its file.
    public let offsets: Column
    /// The header line of the CSV file that they are from, without its line end.
    public let header: [UInt8]?

    public init(frames: RecordFrames, offsets: Column, header: [UInt8]? = nil) {
        precondition(offsets.count == frames.count, "each record has its place")
        self.frames = frames
        self.offsets = offsets
        self.header = header
    }
}
