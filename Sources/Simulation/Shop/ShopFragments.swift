/// Every ready-made piece of the shop's lines in one format, and the number of the first of each group.
///
/// The last piece of a group that may be absent is what the format writes then (``absentProduct``,
/// ``absentQuery``); of pages it is the first, as ``ShopPages/none`` is 0.
struct ShopFragments: Sendable {
    static let absentProduct = Catalogue.size
    static let absentQuery = ShopPages.searches.count
    static let largestQuantity = 9

    let table: FragmentTable
    /// What stands before each value: the separator and, in JSON, the key.
    let keys: Int
    /// What ends the line.
    let ending: Int
    let kinds: Int
    let segments: Int
    let productIDs: Int
    let productNames: Int
    let categories: Int
    let prices: Int
    let quantities: Int
    let queries: Int
    let pages: Int
    let userAgents: Int
    let platforms: Int
    let devices: Int
    let countries: Int
    let octets: Int
    /// The length of the longest piece.
    let longest: Int

    init(profile: ShopProfile, format: LineFormat, products: [Catalogue.Product]) {
        let absent = format.absent
        func texts(_ texts: some Sequence<String>) -> [[UInt8]] { texts.map(format.encoded) }
        func digits(_ number: Int) -> [UInt8] { Array(String(number).utf8) }

        var list = FragmentList()
        keys = list.add(Self.keys(of: profile.fields, format: format))
        ending = list.add([Self.ending(of: profile.fields, format: format)])
        kinds = list.add(ShopEventKind.allCases.map { profile.name(of: $0).map(format.encoded) ?? absent })
        segments = list.add(texts(Audience.segments))
        productIDs = list.add(texts(products.indices.map(Catalogue.identifier)) + [absent])
        productNames = list.add(texts(products.map(\.name)) + [absent])
        categories = list.add(texts(products.map(\.category)) + [absent])
        prices = list.add(products.map { Self.amount($0.cents) } + [absent])
        quantities = list.add([absent] + (1...Self.largestQuantity).map(digits))
        queries = list.add(texts(ShopPages.searches) + [absent])
        pages = list.add([absent] + texts(ShopPages.addresses))
        userAgents = list.add(texts(Audience.agents.map(\.userAgent)))
        platforms = list.add(texts(Audience.agents.map(\.platform)))
        devices = list.add(texts(Audience.agents.map(\.device)))
        countries = list.add(texts(Audience.countries.map(\.code)))
        octets = list.add((0...255).map(digits))
        longest = list.longest(from: 0)
        table = FragmentTable(list.fragments)
    }

    /// An amount in cents with two decimals, where speed does not matter.
    static func amount(_ cents: Int32) -> [UInt8] {
        let rest = String(cents % 100)
        return Array("\(cents / 100).\(rest.count < 2 ? "0" : "")\(rest)".utf8)
    }

    private static func keys(of fields: [ShopField], format: LineFormat) -> [[UInt8]] {
        fields.indices.map { index in
            guard format == .json else { return index == 0 ? [] : [UInt8(ascii: ",")] }
            let closing = index > 0 && fields[index - 1].isQuotedInJSON ? "\"" : ""
            let opening = fields[index].isQuotedInJSON ? "\"" : ""
            return Array("\(closing)\(index == 0 ? "{" : ",")\"\(fields[index].rawValue)\":\(opening)".utf8)
        }
    }

    private static func ending(of fields: [ShopField], format: LineFormat) -> [UInt8] {
        guard format == .json else { return [UInt8(ascii: "\n")] }
        return Array("\(fields.last?.isQuotedInJSON == true ? "\"" : "")}\n".utf8)
    }
}
