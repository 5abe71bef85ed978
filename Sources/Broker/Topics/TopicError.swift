import Storage

/// Why the catalogue of topics did not do what was asked, told by what the client is to hear.
enum TopicError: Error, Equatable {
    /// `TOPIC_ALREADY_EXISTS`
    case exists(String)
    /// `UNKNOWN_TOPIC_OR_PARTITION`
    case unknown(String)
    /// `INVALID_TOPIC_EXCEPTION`
    case invalidName(String, reason: String)
    /// `INVALID_PARTITIONS`
    case invalidPartitions(reason: String)
    /// `INVALID_CONFIG`
    case invalidConfiguration(TopicConfiguration.Refusal)
    /// `KAFKA_STORAGE_ERROR`
    case storage(StorageError)
    /// The catalogue's file is damaged; it is not guessed at.
    case corrupt(path: String)

    static func onDisk<Result>(_ body: () throws(StorageError) -> Result) throws(TopicError) -> Result {
        do throws(StorageError) { return try body() } catch { throw .storage(error) }
    }
}
