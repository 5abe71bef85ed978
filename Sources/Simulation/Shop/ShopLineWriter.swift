/// Writes the shop's events as lines, straight into the buffer.
///
/// Nearly all of a line is copied from ``ShopFragments``; only identifiers, amounts and times are made.
struct ShopLineWriter: Sendable {
    let profile: ShopProfile
    let format: LineFormat
    let fields: [ShopField]
    private let fragments: ShopFragments
    /// Room that the longest possible line needs, with what a copy may write beyond it.
    private let room: Int
    private var times = TimestampText()

    init(profile: ShopProfile, format: LineFormat, products: [Catalogue.Product]) {
        self.profile = profile
        self.format = format
        fields = profile.fields
        fragments = ShopFragments(profile: profile, format: format, products: products)
        room = (fields.count + 1) * (2 * fragments.longest + NumberText.longest) + FragmentTable.slack
    }

    /// The names of the columns as a line, in CSV; nothing in JSON, where each line names its own.
    var header: [UInt8] {
        guard format == .csv else { return [] }
        return Array((fields.map(\.rawValue).joined(separator: ",") + "\n").utf8)
    }

    /// Appends the event as a line with its line end.
    mutating func append(_ event: ShopEvent, to buffer: inout LineBuffer) {
        var cursor = buffer.reserve(room)
        for index in 0..<fields.count {
            fragments.table.copy(fragments.keys + index, to: &cursor)
            write(fields[index], of: event, to: &cursor)
        }
        fragments.table.copy(fragments.ending, to: &cursor)
        buffer.commit(to: cursor)
    }

    /// One value as it stands in a line, with its quotes.
    mutating func value(_ field: ShopField, of event: ShopEvent) -> [UInt8] {
        var buffer = LineBuffer(capacity: room)
        var cursor = buffer.reserve(room)
        let isQuoted = format == .json && field.isQuotedInJSON
        if isQuoted { NumberText.write(byte: UInt8(ascii: "\""), to: &cursor) }
        write(field, of: event, to: &cursor)
        if isQuoted { NumberText.write(byte: UInt8(ascii: "\""), to: &cursor) }
        buffer.commit(to: cursor)
        return buffer.withBytes { Array($0) }
    }

    @inline(__always)
    private mutating func write(
        _ field: ShopField, of event: ShopEvent, to cursor: inout UnsafeMutableRawPointer
    ) {
        let table = fragments.table
        let product = min(Int(event.product), ShopFragments.absentProduct)
        switch field {
        case .eventID: NumberText.write(uuid: event.identifierHigh, event.identifierLow, to: &cursor)
        case .eventType: table.copy(fragments.kinds + event.kind.index, to: &cursor)
        case .userID: writeUser(event.visitor, to: &cursor)
        case .userSegment: table.copy(fragments.segments + Int(event.visitor.segment), to: &cursor)
        case .sessionID:
            cursor.storeBytes(of: 0x5F73, as: UInt16.self)  // "s_"
            cursor += 2
            NumberText.write(hex: event.session, to: &cursor)
        case .productID: table.copy(fragments.productIDs + product, to: &cursor)
        case .productName: table.copy(fragments.productNames + product, to: &cursor)
        case .category: table.copy(fragments.categories + product, to: &cursor)
        case .price: table.copy(fragments.prices + product, to: &cursor)
        case .quantity:
            let quantity = min(Int(event.quantity), ShopFragments.largestQuantity)
            table.copy(fragments.quantities + quantity, to: &cursor)
        case .cartTotal: NumberText.write(cents: Int64(event.cartCents), to: &cursor)
        case .cartItemCount: NumberText.write(UInt64(event.cartItems), to: &cursor)
        case .searchQuery:
            table.copy(fragments.queries + min(Int(event.query), ShopFragments.absentQuery), to: &cursor)
        case .pageURL: table.copy(fragments.pages + Int(event.page), to: &cursor)
        case .referrer: table.copy(fragments.pages + Int(event.referrer), to: &cursor)
        case .userAgent: table.copy(fragments.userAgents + Int(event.visitor.agent), to: &cursor)
        case .ipAddress: writeAddress(event.visitor.address, to: &cursor)
        case .platform: table.copy(fragments.platforms + Int(event.visitor.agent), to: &cursor)
        case .device, .deviceType: table.copy(fragments.devices + Int(event.visitor.agent), to: &cursor)
        case .country: table.copy(fragments.countries + Int(event.visitor.country), to: &cursor)
        case .timestamp, .eventTimestamp: times.write(event.time, to: &cursor)
        }
    }

    /// `u_0000042` or `bot_0001`.
    @inline(__always)
    private func writeUser(_ visitor: Visitor, to cursor: inout UnsafeMutableRawPointer) {
        if visitor.isBot {
            cursor.storeBytes(of: 0x5F74_6F62, as: UInt32.self)  // "bot_"
            cursor += 4
            NumberText.write(UInt64(visitor.number), width: 4, to: &cursor)
        } else {
            cursor.storeBytes(of: 0x5F75, as: UInt16.self)  // "u_"
            cursor += 2
            NumberText.write(UInt64(visitor.number), width: 7, to: &cursor)
        }
    }

    /// An address in 10.0.0.0/8, which no visitor on the internet has.
    @inline(__always)
    private func writeAddress(_ address: UInt32, to cursor: inout UnsafeMutableRawPointer) {
        let dot = UInt8(ascii: ".")
        cursor.storeBytes(of: 0x2E_3031, as: UInt32.self)  // "10." and a byte that is overwritten
        cursor += 3
        fragments.table.copy(fragments.octets + Int(address &>> 16 & 0xFF), to: &cursor)
        NumberText.write(byte: dot, to: &cursor)
        fragments.table.copy(fragments.octets + Int(address &>> 8 & 0xFF), to: &cursor)
        NumberText.write(byte: dot, to: &cursor)
        fragments.table.copy(fragments.octets + Int(address & 0xFF), to: &cursor)
    }
}
