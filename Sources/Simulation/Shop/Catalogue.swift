/// What the shop sells: 1,000 products, the same in every run whatever the seed.
///
/// Popularity follows Zipf's law with exponent 1, so that the best seller takes 13 % of the views and
/// the best ten 39 %. Names hold commas, quotes and letters beyond ASCII on purpose.
struct Catalogue: Sendable {
    static let size = 1000

    struct Category: Sendable {
        var name: String
        /// Prices run from the first to the second amount, in units of money; low ones are more frequent.
        var prices: (low: Int, high: Int)
        var nouns: [String]
    }

    struct Product: Sendable {
        var name: String
        var category: String
        var cents: Int32
    }

    let products: [Product]
    /// The price of each product again, dense, for the way of every event.
    let cents: [Int32]
    private let popularity = AliasTable.zipf(count: Catalogue.size)

    init() {
        products = (0..<Self.size).map(Self.product)
        cents = products.map(\.cents)
    }

    /// A product at random, by popularity.
    @inline(__always)
    func draw(_ random: inout RandomSource) -> UInt16 {
        // Ranks are spread over the categories: 379 shares no divisor with 1,000.
        UInt16(truncatingIfNeeded: (popularity.draw(&random) &* 379 &+ 17) % Self.size)
    }

    /// Product `number` as `p_0042`.
    static func identifier(_ number: Int) -> String {
        let digits = String(number)
        return "p_" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func product(_ number: Int) -> Product {
        let category = categories[number % categories.count]
        let place = number / categories.count
        let noun = category.nouns[place % category.nouns.count]
        let style = styles[(place / category.nouns.count + number) % styles.count]
        let key = RandomSource.mixed(0x0043_4154, step: UInt64(number))
        let variant = variants[Int(key % UInt64(variants.count))]
        let share = Double((key &>> 8) & 0xFFFF) / 65_536
        let units =
            category.prices.low + Int(Double(category.prices.high - category.prices.low) * share * share)
        return Product(
            name: "\(style) \(noun)\(variant)", category: category.name,
            cents: Int32(units * 100) + endings[Int((key &>> 32) % 4)])
    }

    private static let endings: [Int32] = [99, 95, 49, 0]

    /// Most products have no variant in their name.
    private static let variants = [
        "", "", "", "", "", "", "", "", "", "", ", 24\"", ", pack of 6", " \"Limited\"",
        " – édition spéciale",
        ", black, size M", "",
    ]

    private static let styles = [
        "Classic", "Compact", "Premium", "Everyday", "Travel", "Studio", "Nordic", "Vintage", "Urban",
        "Pocket",
        "Royal", "Coastal", "Alpine",
    ]

    static let categories = [
        Category(
            name: "electronics", prices: (15, 1400),
            nouns: [
                "Headphones", "Keyboard", "Monitor", "Webcam", "Speaker", "Charger", "Tablet", "Router",
                "Camera",
                "Smartwatch",
            ]),
        Category(
            name: "clothing", prices: (9, 220),
            nouns: [
                "T-Shirt", "Hoodie", "Jeans", "Jacket", "Dress", "Scarf", "Socks", "Shirt", "Sweater", "Cap",
            ]),
        Category(
            name: "home", prices: (6, 600),
            nouns: [
                "Lamp", "Kettle", "Blanket", "Mirror", "Shelf", "Vase", "Rug", "Chair", "Clock", "Pillow",
            ]),
        Category(
            name: "sports", prices: (5, 400),
            nouns: [
                "Yoga Mat", "Dumbbell", "Backpack", "Water Bottle", "Tent", "Bike Helmet", "Running Shoes",
                "Football",
                "Racket", "Skipping Rope",
            ]),
        Category(
            name: "beauty", prices: (3, 120),
            nouns: [
                "Face Cream", "Shampoo", "Perfume", "Lipstick", "Hairbrush", "Soap", "Nail Polish",
                "Sun Lotion",
                "Razor", "Mascara",
            ]),
        Category(
            name: "toys", prices: (4, 180),
            nouns: [
                "Puzzle", "Building Blocks", "Teddy Bear", "Board Game", "Kite", "Train Set", "Doll", "Yo-Yo",
                "Chess Set", "Robot",
            ]),
        Category(
            name: "books", prices: (4, 60),
            nouns: [
                "Cookbook", "Atlas", "Novel", "Dictionary", "Biography", "Travel Guide", "Comic", "Notebook",
                "Poetry", "Crossword Book",
            ]),
        Category(
            name: "grocery", prices: (1, 40),
            nouns: [
                "Coffee", "Olive Oil", "Green Tea", "Honey", "Chocolate", "Pasta", "Muesli", "Almonds", "Jam",
                "Curry Paste",
            ]),
    ]
}
