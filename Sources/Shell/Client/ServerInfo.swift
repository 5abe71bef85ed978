/// What a server tells of itself.
struct ServerInfo: Sendable, Equatable {
    let version: String
    let serviceID: String
    let status: String
}
