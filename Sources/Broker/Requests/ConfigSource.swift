/// Where a setting's value comes from, by the protocol's numbers.
enum ConfigSource {
    static let topic: Int8 = 1
    static let broker: Int8 = 4
    static let standard: Int8 = 5
}
