/// Who visits: a shopper or a bot, with traits that belong to the number and never change.
///
/// Traits come from a hash of the number alone, not from the seed: user `u_0000042` has the same
/// segment, device, country and address in every run.
struct Visitor: Sendable {
    let number: UInt32
    let isBot: Bool
    /// Numbers of the rows of ``Audience``.
    let segment: UInt8
    let agent: UInt8
    let country: UInt8
    /// The last three octets of the address, which lies in a network that belongs to nobody.
    let address: UInt32

    init(
        number: UInt32, isBot: Bool, segment: UInt8 = 0, agent: UInt8 = 0, country: UInt8 = 0,
        address: UInt32 = 0
    ) {
        self.number = number
        self.isBot = isBot
        self.segment = segment
        self.agent = agent
        self.country = country
        self.address = address
    }
}
