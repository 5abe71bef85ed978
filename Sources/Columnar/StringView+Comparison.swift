import Glibc

extension StringView {
    /// The first four bytes (or fewer, zero-padded) as a number that orders as they do.
    @inlinable public var orderedPrefix: UInt32 { UInt32(truncatingIfNeeded: low >> 32).byteSwapped }

    /// The start of the value's bytes; of a short view, inside `self`'s own memory at `place`.
    @inlinable static func start(
        _ place: UnsafePointer<StringView>, _ bases: UnsafePointer<UnsafeRawPointer>
    ) -> UnsafeRawPointer {
        let view = place.pointee
        return view.isInline
            ? UnsafeRawPointer(place) + 4 : bases[view.bufferIndex] + view.offset
    }

    /// Whether two values are the same bytes. `bases` are their columns' `dataBases`.
    @inlinable public static func equal(
        _ left: UnsafePointer<StringView>, _ leftBases: UnsafePointer<UnsafeRawPointer>,
        _ right: UnsafePointer<StringView>, _ rightBases: UnsafePointer<UnsafeRawPointer>
    ) -> Bool {
        let (a, b) = (left.pointee, right.pointee)
        if a.low != b.low { return false }
        if a.isInline { return a.high == b.high }
        return memcmp(start(left, leftBases), start(right, rightBases), a.length) == 0
    }

    /// Below, at or above zero as the left value is before, equal to or behind the right one, byte by byte.
    @inlinable public static func compare(
        _ left: UnsafePointer<StringView>, _ leftBases: UnsafePointer<UnsafeRawPointer>,
        _ right: UnsafePointer<StringView>, _ rightBases: UnsafePointer<UnsafeRawPointer>
    ) -> Int {
        let (a, b) = (left.pointee, right.pointee)
        let (p, q) = (a.orderedPrefix, b.orderedPrefix)
        if p != q { return p < q ? -1 : 1 }
        let order = memcmp(
            start(left, leftBases), start(right, rightBases), min(a.length, b.length))
        return order != 0 ? Int(order) : a.length - b.length
    }
}
