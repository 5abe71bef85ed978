import Storage

/// Why a log did not do what was asked, told by what the client is to hear.
enum LogError: Error, Equatable {
    /// `OFFSET_OUT_OF_RANGE`: the log has the offsets from `start` to below `end`.
    case offsetOutOfRange(start: Int64, end: Int64)
    /// The records themselves are at fault.
    case records(RecordError)
    /// `OUT_OF_ORDER_SEQUENCE_NUMBER`: something before these records is missing, or they are too old.
    case outOfOrderSequence(expected: Int32, found: Int32)
    /// `INVALID_PRODUCER_EPOCH`: another instance of the producer has taken over.
    case fencedProducer(epoch: Int16)
    /// `TRANSACTION_COORDINATOR_FENCED`: a mark from a coordinator that is no longer it.
    case fencedCoordinator(epoch: Int32)
    /// `INVALID_TXN_STATE`.
    case transactionState(String)
    /// The producer's transaction is not one that these records may go into.
    case outsideTransaction(ErrorCode)
    /// `KAFKA_STORAGE_ERROR`: the operation may be repeated.
    case storage(StorageError)
    /// `KAFKA_STORAGE_ERROR` until the log is opened anew: nobody knows what of it is durable.
    case stopped(reason: String)

    /// Runs what touches files.
    static func onDisk<Result>(_ body: () throws(StorageError) -> Result) throws(LogError) -> Result {
        do throws(StorageError) { return try body() } catch { throw .storage(error) }
    }

    /// Runs what reads records.
    static func onRecords<Result>(_ body: () throws(RecordError) -> Result) throws(LogError) -> Result {
        do throws(RecordError) { return try body() } catch { throw .records(error) }
    }
}
