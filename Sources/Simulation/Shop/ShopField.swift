/// A column of the shop's lines; the raw value is its name in JSON and, `timestamp` and `device`
/// apart, in CSV.
enum ShopField: String, CaseIterable, Sendable {
    case eventID = "event_id"
    case eventType = "event_type"
    case userID = "user_id"
    case userSegment = "user_segment"
    case sessionID = "session_id"
    case productID = "product_id"
    case productName = "product_name"
    case category
    case price
    case quantity
    case cartTotal = "cart_total"
    case cartItemCount = "cart_item_count"
    case searchQuery = "search_query"
    case pageURL = "page_url"
    case referrer
    case userAgent = "user_agent"
    case ipAddress = "ip_address"
    case platform
    case device
    case country
    case timestamp
    /// `timestamp` and `device` as the columns of a table of events are called.
    case eventTimestamp = "event_timestamp"
    case deviceType = "device_type"

    /// The columns of the profiles `medallion`, `shopsight` and `sessions`.
    static let allFields: [ShopField] = [
        .eventID, .eventType, .userID, .userSegment, .sessionID, .productID, .productName, .category, .price,
        .quantity, .cartTotal, .cartItemCount, .searchQuery, .pageURL, .referrer, .userAgent, .ipAddress,
        .platform, .device, .country, .timestamp,
    ]

    /// The columns of the profile `csv`.
    static let tableColumns: [ShopField] = [
        .eventID, .userID, .eventType, .productID, .productName, .category, .price, .quantity,
        .eventTimestamp, .sessionID, .deviceType,
    ]

    /// True for what JSON writes in quotes around bytes that are made per line.
    var isQuotedInJSON: Bool {
        switch self {
        case .eventID, .userID, .sessionID, .ipAddress, .timestamp, .eventTimestamp: true
        default: false
        }
    }
}
