import Foundation
import Testing

@testable import Simulation

@Suite("The shop's lines")
struct ShopLineTests {
    static let fields = [
        "event_id", "event_type", "user_id", "user_segment", "session_id", "product_id", "product_name",
        "category",
        "price", "quantity", "cart_total", "cart_item_count", "search_query", "page_url", "referrer",
        "user_agent",
        "ip_address", "platform", "device", "country", "timestamp",
    ]

    @Test(
        "JSON lines have exactly the documented fields and types",
        arguments: [
            ShopProfile.medallion, .shopsight, .sessions,
        ])
    func jsonFields(profile: ShopProfile) throws {
        var configuration = configuration(profile, events: 10_000)
        configuration.bots = 1
        for line in try SimulatedLines(configuration).lines {
            let event = try SimulatedEvent(json: line.bytes)
            #expect(Set(event.object.keys) == Set(Self.fields))
            #expect(UUID(uuidString: event.id) != nil && Array(event.id)[14] == "4")
            let hasProduct = !["search", "page_viewed"].contains(event.type)
            for key in ["product_id", "product_name", "category"] {
                #expect((event.object[key] is String) == hasProduct, "\(key) of \(event.type)")
            }
            #expect((event.cents != nil) == hasProduct)
            #expect((event.object["search_query"] is String) == (event.type == "search"))
            #expect(event.quantity.map { (1...3).contains($0) } ?? true)
            for key in [
                "user_segment", "page_url", "user_agent", "ip_address", "platform", "device", "country",
            ] {
                #expect(event.object[key] is String, "\(key)")
            }
            #expect(event.object["referrer"] is String || event.object["referrer"] is NSNull)
            let segment = try #require(event.object["user_segment"] as? String)
            #expect(["vip", "regular", "new"].contains(segment))
        }
    }

    @Test("keys stand in the documented order, amounts have two decimals")
    func layout() throws {
        let line = try #require(try SimulatedLines(configuration(events: 1)).lines.first).text
        var rest = line[...]
        for field in Self.fields {
            let key = try #require(rest.range(of: "\"\(field)\":"), "\(field)")
            rest = rest[key.upperBound...]
        }
        #expect(line.contains(try Regex(#""price":\d+\.\d\d,"#)))
        #expect(line.contains(try Regex(#""cart_total":\d+\.\d\d,"#)))
        #expect(line.contains(try Regex(#""timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"}"#)))
    }

    @Test("each page is reached from the one before")
    func referrers() throws {
        let events = try SimulatedLines(configuration(events: 5000)).events()
        for session in Dictionary(grouping: events, by: \.session).values {
            for (before, event) in zip(session, session.dropFirst()) {
                #expect(event.object["referrer"] as? String == before.object["page_url"] as? String)
            }
            if let first = session[0].object["referrer"] as? String {
                #expect(!first.contains("shop.example.com"))
            }
        }
    }

    @Test("each event happens on the page that it belongs to")
    func pages() throws {
        for event in try SimulatedLines(configuration(.sessions, events: 5000)).events() {
            let page = try #require(event.object["page_url"] as? String)
            let path = page.dropFirst("https://shop.example.com".count)
            switch event.type {
            case "product_viewed", "item_added_to_cart": #expect(path == "/product/\(event.product ?? "")")
            case "page_viewed": #expect(path == "/" || path.hasPrefix("/category/"))
            case "item_removed_from_cart": #expect(path == "/cart")
            case "checkout_started": #expect(path == "/checkout")
            default: #expect(path == "/checkout/complete", "\(event.type)")
            }
        }
    }

    @Test("CSV has the columns of the table of events under a header line")
    func csvColumns() throws {
        let simulated = try SimulatedLines(configuration(.csv, events: 20_000))
        #expect(
            simulated.header == "event_id,user_id,event_type,product_id,product_name,category,price,quantity,"
                + "event_timestamp,session_id,device_type\n")
        var quoted = 0
        for line in simulated.lines {
            let fields = try #require(CSVLine.fields(line.text), "\(line.text)")
            #expect(fields.count == 11)
            #expect(UUID(uuidString: fields[0]) != nil)
            #expect(TimeText.parse(fields[8]) == line.arrival)
            if fields[4].contains(",") && fields[4].contains("\"") { quoted += 1 }
        }
        #expect(quoted > 0, "names with commas and quotes exist")
    }

    @Test("JSON and CSV tell the same story")
    func formatsAgree() throws {
        var csv = configuration(events: 3000)
        csv.format = .csv
        let tables = try SimulatedLines(csv)
        #expect(tables.header == Self.fields.joined(separator: ",") + "\n")
        for (line, event) in zip(tables.lines, try SimulatedLines(configuration(events: 3000)).events()) {
            let fields = try #require(CSVLine.fields(line.text))
            for (name, value) in zip(Self.fields, fields) {
                switch event.object[name] {
                case let text as String: #expect(text == value)
                case let number as NSNumber: #expect(number.doubleValue == Double(value))
                default: #expect(value.isEmpty)
                }
            }
        }
    }

    @Test("names hold commas, quotes and letters beyond ASCII; no two products share one")
    func catalogue() {
        let products = Catalogue().products
        #expect(products.count == Catalogue.size)
        #expect(Set(products.map(\.name)).count > 950)
        #expect(products.contains { $0.name.contains(",") && $0.name.contains("\"") })
        #expect(products.contains { !$0.name.unicodeScalars.allSatisfy(\.isASCII) })
        #expect(products.allSatisfy { $0.cents > 0 })
    }
}
