import Columnar

/// Goes through a section's records, or its timers, in their order.
protocol SectionCursor: AnyObject {
    var isAtEnd: Bool { get }
    /// The current item, valid until `advance`.
    var item: UnsafeRawPointer { get }
    /// Of the current item, in bytes.
    var size: Int { get }
    func advance() throws(StateError)
}

extension SectionCursor {
    var record: Record { Record(pointer: item, size: size) }

    var timer: Timer {
        Timer(
            expiry: item.loadUnaligned(as: Int64.self),
            key: item.loadUnaligned(fromByteOffset: 8, as: Fingerprint.self))
    }
}

extension SectionInfo {
    /// A cursor that stands at the first record.
    func records(in file: SegmentFile, _ format: RecordFormat) throws(StateError) -> any SectionCursor {
        guard isOrdered else { return try SortingCursor(recordsOf: self, file, format) }
        return try BlockCursor(file, start, start + timerOffset, format)
    }

    /// A cursor that stands at the first timer.
    func timers(in file: SegmentFile, _ format: RecordFormat) throws(StateError) -> any SectionCursor {
        guard isOrdered else { return try SortingCursor(timersOf: self, file, format) }
        return try BlockCursor(file, start + timerOffset, start + indexOffset, nil)
    }
}
