/// One event before it is written: small, without references, so that late ones can be kept by thousands.
struct ShopEvent: Sendable {
    /// No product; also what a search and a page view have.
    static let noProduct: UInt16 = .max
    static let noQuery: UInt16 = .max

    var identifierHigh: UInt64 = 0
    var identifierLow: UInt64 = 0
    /// Event time in milliseconds since 1970.
    var time: Int64 = 0
    var session: UInt64 = 0
    var visitor = Visitor(number: 0, isBot: false)
    var kind = ShopEventKind.productView
    /// 0 where the event has none.
    var quantity: UInt8 = 0
    var product = ShopEvent.noProduct
    var query = ShopEvent.noQuery
    var page: UInt16 = ShopPages.none
    var referrer: UInt16 = ShopPages.none
    /// The cart after the event.
    var cartItems: UInt16 = 0
    var cartCents: Int32 = 0

    /// A version 4 UUID from 128 random bits.
    @inline(__always)
    mutating func identify(_ high: UInt64, _ low: UInt64) {
        identifierHigh = (high & ~0xF000) | 0x4000
        identifierLow = (low & ~(0b11 &<< 62)) | (0b10 &<< 62)
    }
}
