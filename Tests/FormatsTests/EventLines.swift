import TestKit

/// Shop events as a simulator would write them: what the throughput is measured on.
enum EventLines {
    static func make(count: Int, isJSON: Bool, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var text = ""
        let types = ["page_view", "page_view", "page_view", "add_to_cart", "purchase", "search"]
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        for index in 0..<count {
            let id = [8, 4, 4, 4, 12].map { width in
                (0..<width).map { _ in String(random.below(16), radix: 16) }.joined()
            }.joined(separator: "-")
            let type = random.pick(types)
            let seconds = 50 * 60 + index / 1000
            let clock = "\(padded(23, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            let time = "2026-11-18T\(clock).\(padded(index % 1000, 3))Z"
            let product = "p_" + padded(random.below(5000), 5)
            let price = "\(random.below(200)).\(random.below(100))"
            let url = "https://shop.example.com/product/\(product)?ref=home"
            let query = type == "search" ? random.pick(["shoes", "usb-c cable", "red dress"]) : nil
            let values = [
                ("event_id", id), ("event_type", type), ("user_id", "u_" + padded(random.below(20_000), 7)),
                ("session_id", "s_" + padded(random.below(100_000), 9)), ("product_id", product),
                ("timestamp", time), ("price", price), ("quantity", String(1 + random.below(4))),
                ("page_url", url), ("device", random.pick(["mobile", "desktop", "tablet"])),
                ("country", random.pick(["US", "DE", "GB", "FR"])),
            ]
            if isJSON {
                let isNumber = ["price", "quantity"]
                text += "{"
                text += values.map {
                    isNumber.contains($0.0) ? "\"\($0.0)\":\($0.1)" : "\"\($0.0)\":\"\($0.1)\""
                }
                .joined(separator: ",")
                if let query { text += ",\"search_query\":\"\(query)\"" }
                text += "}\n"
            } else {
                text += values.map { $0.1 }.joined(separator: ",") + "," + (query ?? "") + "\n"
            }
        }
        return Array(text.utf8)
    }
}
