/// One visit: who, what is planned, what lies in the cart, where the visitor is.
///
/// ```
/// browsing, adding to cart (1–3 times) ─► removing ─► checkout ─► purchase ─► browsing ─► ended
/// ```
/// The plan is made when the session opens; stages that are not planned are passed over.
struct ShopSession: Sendable {
    struct CartLine: Sendable {
        var product: UInt16 = 0
        var quantity: UInt8 = 0
    }

    enum Stage: UInt8, Sendable {
        case browsing
        case removing
        case checkingOut
        case purchasing
        case ended
    }

    static let longestCart = 3

    var identifier: UInt64
    var visitor: Visitor
    private(set) var stage = Stage.browsing

    // The plan.
    /// Views to come before the next addition, or before the end.
    var viewsLeft = 1
    var additionsLeft = 0
    var viewsAfterwards = 0
    var removes = false
    var checksOut = false
    var purchases = false

    // The cart.
    private var lines = InlineArray<3, CartLine>(repeating: CartLine())
    private(set) var lineCount = 0
    private(set) var cartItems: UInt16 = 0
    private(set) var cartCents: Int32 = 0

    // The place.
    var product = ShopEvent.noProduct
    var page: UInt16
    var lastKind = ShopEventKind.search

    init(identifier: UInt64, visitor: Visitor, cameFrom page: UInt16) {
        self.identifier = identifier
        self.visitor = visitor
        self.page = page
    }

    /// Chooses the next stage that has something left to do.
    mutating func settle() {
        if viewsLeft > 0 || additionsLeft > 0 {
            stage = .browsing
        } else if removes, lineCount > 0 {
            stage = .removing
        } else if checksOut {
            stage = .checkingOut
        } else if purchases, lineCount > 0 {
            stage = .purchasing
        } else if viewsAfterwards > 0 {
            viewsLeft = viewsAfterwards
            viewsAfterwards = 0
            stage = .browsing
        } else {
            stage = .ended
        }
    }

    mutating func put(_ line: CartLine, at cents: Int32) {
        guard lineCount < Self.longestCart else { return }
        lines[lineCount] = line
        lineCount += 1
        cartItems += UInt16(line.quantity)
        cartCents += cents * Int32(line.quantity)
    }

    /// Takes the line added last out of the cart; the cart must not be empty.
    mutating func takeLast(cents: (UInt16) -> Int32) -> CartLine {
        lineCount -= 1
        let line = lines[lineCount]
        cartItems -= UInt16(line.quantity)
        cartCents -= cents(line.product) * Int32(line.quantity)
        return line
    }
}
