/// What requests are answered with.
struct BrokerParts {
    let topics: TopicCatalogue
    let settings: BrokerSettings
    let clock: @Sendable () -> Int64
    let alarms: Alarms
    let flusher: Flusher
    let fetchQueue: WorkQueue
    let deletionQueue: WorkQueue
    let groups: GroupCoordinator
    let transactions: TransactionCoordinator
    let users: Users
    let clusterID: String
}
