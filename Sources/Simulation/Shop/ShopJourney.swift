/// How visits go: the plan of a session and its next step.
///
/// Of all sessions 35 % are bounces of one event, 30 % put something into the cart, half of these
/// purchase it; the others only look. A purchase is one event per line of the cart, each taking its line
/// out, so that `cart_total` is always what lies in the cart after the event.
struct ShopJourney: Sendable {
    static let bounceShare = 0.35
    static let cartShare = 0.30
    static let purchaseShareOfCarts = 0.5

    let catalogue = Catalogue()
    private let waiting = ExponentialTable()
    private let searchTable = AliasTable.zipf(count: ShopPages.searches.count)
    private let hasPageViews: Bool
    private let hasClicks: Bool
    private let hasSearches: Bool
    private let hasRemovals: Bool
    private let hasCheckouts: Bool

    init(profile: ShopProfile) {
        hasPageViews = profile.has(.pageView)
        hasClicks = profile.has(.click)
        hasSearches = profile.has(.search)
        hasRemovals = profile.has(.removeFromCart)
        hasCheckouts = profile.has(.checkoutStart)
    }

    /// A session with its plan, before its first event.
    func open(visitor: Visitor, _ random: inout RandomSource) -> ShopSession {
        let source = random.below(8)
        let page = source < ShopPages.outside.count ? ShopPages.outside(source) : ShopPages.none
        var session = ShopSession(identifier: random.next(), visitor: visitor, cameFrom: page)
        let fate = random.unit()
        if fate < Self.bounceShare { return session }
        if fate >= Self.bounceShare + Self.cartShare {
            session.viewsLeft = 2 + count(mean: 3, limit: 28, &random)
            return session
        }
        session.viewsLeft = 1 + count(mean: 2.5, limit: 20, &random)
        let size = random.unit()
        session.additionsLeft = size < 0.70 ? 1 : size < 0.92 ? 2 : 3
        session.purchases = random.chance(Self.purchaseShareOfCarts)
        if session.purchases {
            // Who purchases keeps at least one line.
            session.removes = hasRemovals && session.additionsLeft > 1 && random.chance(0.25)
            session.checksOut = hasCheckouts
            session.viewsAfterwards = random.chance(0.2) ? 1 : 0
        } else {
            session.removes = hasRemovals && random.chance(0.3)
            session.checksOut = hasCheckouts && !session.removes && random.chance(0.3)
            session.viewsAfterwards = random.chance(0.4) ? 1 + random.below(3) : 0
        }
        return session
    }

    /// A bot's visit: nothing but views, for one and a half to five minutes.
    func openBot(visitor: Visitor, _ random: inout RandomSource) -> ShopSession {
        var session = ShopSession(identifier: random.next(), visitor: visitor, cameFrom: ShopPages.none)
        session.viewsLeft = 220 + random.below(500)
        session.product = catalogue.draw(&random)
        return session
    }

    /// Takes the session's next step, fills in the event, and says how long the visitor then waits.
    ///
    /// - Returns: milliseconds to the next step; `nil` when the session has ended.
    func step(_ session: inout ShopSession, _ event: inout ShopEvent, _ random: inout RandomSource) -> Int64?
    {
        event.session = session.identifier
        event.visitor = session.visitor
        event.quantity = 0
        event.query = ShopEvent.noQuery
        event.referrer = session.page
        let wait: Int64
        if session.visitor.isBot {
            scan(&session, &event)
            wait = random.within(330...560)
        } else {
            act(&session, &event, &random)
            // The lines of one purchase follow each other at once.
            let isPaying = event.kind == .purchase && session.lineCount > 0
            wait = isPaying ? random.within(10...120) : 500 + Int64(waiting.draw(&random) * 4500)
        }
        event.page = session.page
        event.cartItems = session.cartItems
        event.cartCents = session.cartCents
        session.lastKind = event.kind
        session.settle()
        return session.stage == .ended ? nil : wait
    }

    private func act(_ session: inout ShopSession, _ event: inout ShopEvent, _ random: inout RandomSource) {
        switch session.stage {
        case .browsing:
            if session.viewsLeft > 0 {
                session.viewsLeft -= 1
                browse(&session, &event, &random)
            } else {
                add(&session, &event, &random)
            }
        case .removing:
            session.removes = false
            takeOut(.removeFromCart, page: ShopPages.cart, &session, &event)
        case .checkingOut:
            session.checksOut = false
            session.page = ShopPages.checkout
            event.kind = .checkoutStart
            event.product = session.product
        case .purchasing, .ended:
            takeOut(.purchase, page: ShopPages.confirmation, &session, &event)
        }
    }

    private func browse(_ session: inout ShopSession, _ event: inout ShopEvent, _ random: inout RandomSource)
    {
        // What is put into the cart next must have been looked at.
        let needsProduct = session.viewsLeft == 0 && session.additionsLeft > 0
        let mood = random.unit()
        if hasSearches, mood < 0.14, !needsProduct {
            let query = searchTable.draw(&random)
            event.kind = .search
            event.query = UInt16(query)
            event.product = ShopEvent.noProduct
            session.page = ShopPages.search(query)
        } else if hasPageViews, mood < 0.35, !needsProduct {
            event.kind = .pageView
            event.product = ShopEvent.noProduct
            let place = random.below(2 * Catalogue.categories.count)
            session.page = place < Catalogue.categories.count ? ShopPages.category(place) : ShopPages.home
        } else if hasClicks, mood < 0.30, session.lastKind == .productView {
            event.kind = .click
            event.product = session.product
        } else {
            event.kind = .productView
            session.product = catalogue.draw(&random)
            event.product = session.product
            session.page = ShopPages.product(session.product)
        }
    }

    private func add(_ session: inout ShopSession, _ event: inout ShopEvent, _ random: inout RandomSource) {
        let many = random.unit()
        let line = ShopSession.CartLine(
            product: session.product, quantity: many < 0.8 ? 1 : many < 0.95 ? 2 : 3)
        session.put(line, at: catalogue.cents[Int(line.product)])
        session.additionsLeft -= 1
        if session.additionsLeft > 0 { session.viewsLeft = 1 + random.below(2) }
        event.kind = .addToCart
        event.product = line.product
        event.quantity = line.quantity
    }

    private func takeOut(
        _ kind: ShopEventKind, page: UInt16, _ session: inout ShopSession, _ event: inout ShopEvent
    ) {
        let line = session.takeLast { catalogue.cents[Int($0)] }
        session.page = page
        event.kind = kind
        event.product = line.product
        event.quantity = line.quantity
    }

    /// A bot walks through the catalogue in order.
    private func scan(_ session: inout ShopSession, _ event: inout ShopEvent) {
        session.viewsLeft -= 1
        session.product = (session.product &+ 1) % UInt16(Catalogue.size)
        session.page = ShopPages.product(session.product)
        event.kind = .productView
        event.product = session.product
    }

    private func count(mean: Double, limit: Int, _ random: inout RandomSource) -> Int {
        min(limit, Int(waiting.draw(&random) * mean))
    }
}
