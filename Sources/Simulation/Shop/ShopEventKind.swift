/// What a visitor of the shop does; each profile has its own name for it, or does without it.
enum ShopEventKind: UInt8, CaseIterable, Sendable {
    case pageView
    case productView
    case click
    case search
    case addToCart
    case removeFromCart
    case checkoutStart
    case purchase

    @inline(__always)
    var index: Int { Int(rawValue) }
}
