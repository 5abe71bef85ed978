extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// A letter or underscore: what an unquoted name begins with.
    var beginsWord: Bool {
        let lower = self | 0x20
        return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || self == UInt8(ascii: "_")
    }

    /// What an unquoted name goes on with.
    var continuesWord: Bool { beginsWord || isDigit || self == UInt8(ascii: "@") }

    var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}
