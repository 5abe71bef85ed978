/// The pages of the shop and the places visitors come from, numbered, so that an event holds a number.
///
/// ```
/// none | home | cart | checkout | confirmation | outside… | category… | product… | search…
/// ```
enum ShopPages {
    /// No page: a referrer that is not known.
    static let none: UInt16 = 0
    static let home: UInt16 = 1
    static let cart: UInt16 = 2
    static let checkout: UInt16 = 3
    static let confirmation: UInt16 = 4

    private static let firstOutside = 5
    private static let firstCategory = firstOutside + outside.count
    private static let firstProduct = firstCategory + Catalogue.categories.count
    private static let firstSearch = firstProduct + Catalogue.size

    /// Where first visits come from, besides those without a referrer.
    static let outside = [
        "https://search.example.org/", "https://social.example.net/feed",
        "https://mail.example.com/newsletter",
        "https://deals.example.org/today",
    ]

    static func outside(_ number: Int) -> UInt16 { UInt16(firstOutside + number) }
    static func category(_ number: Int) -> UInt16 { UInt16(firstCategory + number) }
    @inline(__always)
    static func product(_ number: UInt16) -> UInt16 { UInt16(firstProduct) &+ number }
    static func search(_ number: Int) -> UInt16 { UInt16(firstSearch + number) }

    /// The address of every page but ``none``, in the order of their numbers.
    static let addresses: [String] = {
        let shop = "https://shop.example.com"
        var addresses = ["\(shop)/", "\(shop)/cart", "\(shop)/checkout", "\(shop)/checkout/complete"]
        addresses += outside
        addresses += Catalogue.categories.map { "\(shop)/category/\($0.name)" }
        addresses += (0..<Catalogue.size).map { "\(shop)/product/\(Catalogue.identifier($0))" }
        addresses += searches.map { "\(shop)/search?q=\(escaped($0))" }
        return addresses
    }()

    /// What people look for, the most frequent first.
    static let searches = [
        "shoes", "headphones", "gift", "coffee", "red dress", "usb-c cable", "lamp", "backpack", "watch",
        "yoga mat",
        "24\" monitor", "kids puzzle", "olive oil", "running shoes", "black jeans", "café", "chess",
        "blanket",
        "water bottle", "perfume", "kindle, case", "tent 2 person", "sun cream spf 50", "keyboard", "crème",
        "novel", "travel guide", "train set", "green tea", "sale",
    ]

    /// Percent-encoded UTF-8, blanks as `+`.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x20: result += "+"
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}
