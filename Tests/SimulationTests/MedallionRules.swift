import Foundation

/// The rules of the medallion pipeline's silver table, written as plainly as possible.
enum MedallionRules {
    static let types: Set<String> = ["page_view", "add_to_cart", "purchase", "search"]

    /// Why the line is refused; `nil` for a valid one.
    static func violation(json bytes: [UInt8], types: Set<String> = types) -> String? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return "not UTF-8" }
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
            return "not a JSON object"
        }
        guard let type = object["event_type"] as? String, types.contains(normal(type)) else { return "type" }
        for key in ["event_id", "user_id", "session_id"] where (object[key] as? String ?? "").isEmpty {
            return key
        }
        if types == Self.types, normal(type) != "search", (object["product_id"] as? String ?? "").isEmpty {
            return "product_id"
        }
        if let price = object["price"], !(price is NSNull) {
            guard let number = price as? NSNumber, number.doubleValue >= 0 else { return "price" }
        }
        if let quantity = object["quantity"], !(quantity is NSNull) {
            guard let number = quantity as? NSNumber, number.doubleValue >= 0,
                number.doubleValue == number.doubleValue.rounded()
            else { return "quantity" }
        }
        guard let time = object["timestamp"] as? String, isTime(time) else { return "timestamp" }
        return nil
    }

    /// The same for a line of CSV under the given columns.
    static func violation(csv bytes: [UInt8], columns: [String], types: Set<String>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return "not UTF-8" }
        guard let fields = CSVLine.fields(text) else { return "quotes" }
        guard fields.count == columns.count else { return "\(fields.count) fields" }
        let value = Dictionary(uniqueKeysWithValues: zip(columns, fields))
        for key in ["event_id", "user_id", "session_id"] where value[key, default: ""].isEmpty { return key }
        guard types.contains(normal(value["event_type", default: ""])) else { return "type" }
        if types == Self.types, normal(value["event_type", default: ""]) != "search",
            value["product_id", default: ""].isEmpty
        {
            return "product_id"
        }
        let price = value["price", default: ""]
        if !price.isEmpty, !(Double(price).map { $0 >= 0 } ?? false) { return "price" }
        let quantity = value["quantity", default: ""]
        if !quantity.isEmpty, !(Int(quantity).map { $0 >= 0 } ?? false) { return "quantity" }
        guard isTime(value["event_timestamp"] ?? value["timestamp"] ?? "") else { return "timestamp" }
        return nil
    }

    private static func normal(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// True for `yyyy-MM-ddTHH:mm:ss.SSSZ` that names a time of the calendar.
    private static func isTime(_ text: String) -> Bool {
        let pattern = "0000-00-00T00:00:00.000Z"
        guard text.count == pattern.count else { return false }
        for (digit, should) in zip(text, pattern)
        where should == "0" ? !("0"..."9").contains(digit) : digit != should {
            return false
        }
        let parts = text.split { !$0.isNumber }.compactMap { Int($0) }
        let isLeapYear = parts[0] % 4 == 0 && (parts[0] % 100 != 0 || parts[0] % 400 == 0)
        let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(parts[1]), (1...days[parts[1] - 1]).contains(parts[2]) else { return false }
        return parts[3] < 24 && parts[4] < 60 && parts[5] < 60
    }
}
