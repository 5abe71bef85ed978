/// Which pipeline the shop's events are for: it decides the vocabulary and the columns.
///
/// | kind | medallion | shopsight | sessions | csv |
/// |---|---|---|---|---|
/// | page view | | | `page_viewed` | |
/// | product view | `page_view` | `product_view` | `product_viewed` | `view` |
/// | click on a product | | `product_click` | | `click` |
/// | search | `search` | | | |
/// | add to cart | `add_to_cart` | `add_to_cart` | `item_added_to_cart` | `add_to_cart` |
/// | remove from cart | | | `item_removed_from_cart` | `remove_from_cart` |
/// | checkout | | `checkout_start` | `checkout_started` | |
/// | purchase | `purchase` | `purchase` | `purchase` | `purchase` |
public enum ShopProfile: String, CaseIterable, Sendable {
    case medallion
    case shopsight
    case sessions
    case csv

    /// The format that the profile's pipeline reads.
    public var usualFormat: LineFormat { self == .csv ? .csv : .json }

    /// The event types in the order of a journey.
    public var eventTypes: [String] { ShopEventKind.allCases.compactMap(name(of:)) }

    /// The columns in the order in which a line has them.
    var fields: [ShopField] { self == .csv ? ShopField.tableColumns : ShopField.allFields }

    func has(_ kind: ShopEventKind) -> Bool { name(of: kind) != nil }

    func name(of kind: ShopEventKind) -> String? {
        switch (self, kind) {
        case (.sessions, .pageView): "page_viewed"
        case (_, .pageView): nil
        case (.medallion, .productView): "page_view"
        case (.shopsight, .productView): "product_view"
        case (.sessions, .productView): "product_viewed"
        case (.csv, .productView): "view"
        case (.shopsight, .click): "product_click"
        case (.csv, .click): "click"
        case (_, .click): nil
        case (.medallion, .search): "search"
        case (_, .search): nil
        case (.sessions, .addToCart): "item_added_to_cart"
        case (_, .addToCart): "add_to_cart"
        case (.sessions, .removeFromCart): "item_removed_from_cart"
        case (.csv, .removeFromCart): "remove_from_cart"
        case (_, .removeFromCart): nil
        case (.shopsight, .checkoutStart): "checkout_start"
        case (.sessions, .checkoutStart): "checkout_started"
        case (_, .checkoutStart): nil
        case (_, .purchase): "purchase"
        }
    }
}
