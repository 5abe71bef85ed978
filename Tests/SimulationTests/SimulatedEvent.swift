import Foundation
import Testing

@testable import Simulation

/// An event read back from a JSON line; immutable JSON values, so safe to share.
struct SimulatedEvent: @unchecked Sendable {
    let object: [String: Any]
    var id: String
    var type: String
    var user: String
    var session: String
    var product: String?
    var cents: Int?
    var quantity: Int?
    var cartCents: Int
    var cartItems: Int
    var time: Int64

    init(json bytes: [UInt8]) throws {
        let object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        func text(_ key: String) throws -> String { try #require(object[key] as? String, "\(key)") }
        func cents(_ key: String) -> Int? {
            (object[key] as? NSNumber).map { Int(($0.doubleValue * 100).rounded()) }
        }
        self.object = object
        id = try text("event_id")
        type = try text("event_type")
        user = try text("user_id")
        session = try text("session_id")
        product = object["product_id"] as? String
        self.cents = cents("price")
        quantity = (object["quantity"] as? NSNumber)?.intValue
        cartCents = try #require(cents("cart_total"))
        let items = (object["cart_item_count"] as? NSNumber)?.intValue
        cartItems = try #require(items)
        time = try #require(TimeText.parse(try text("timestamp")))
    }
}
