import Diagnostics
import Storage

/// Why a topic did not do what was asked.
public enum TopicStoreError: Error, Equatable, Sendable {
    case exists(String)
    /// There is no such topic, or partition, or not any more.
    case unknown(String)
    case invalidName(String, reason: String)
    case invalidPartitions(reason: String)
    case invalidConfiguration(name: String, reason: String)
    /// The offset is not there: deleted, or beyond the end.
    case outOfRange(start: Int64, end: Int64)
    /// The topic does not take these records.
    case refused(reason: String)
    /// What is stored is damaged.
    case corrupt(reason: String)
    /// The disk did not do it: it may be tried again.
    case storage(StorageError)
    /// The log takes nothing until the process starts anew: nobody knows what of it is durable.
    case stopped(reason: String)

    /// What a person is told.
    public var diagnostic: Diagnostic {
        switch self {
        case .exists(let name):
            return Diagnostic(
                .conflict, "the topic \(name) exists already", hint: "take another name, or delete it first")
        case .unknown(let name):
            return Diagnostic(
                .notFound, "there is no topic \(name)",
                hint: "create it, or look at the topics that are there: SHOW TOPICS")
        case .invalidName(let name, let reason):
            return Diagnostic(
                .invalidValue, "'\(name)' is no name for a topic: \(reason)",
                expected: "letters, digits, '.', '_' and '-'")
        case .invalidPartitions(let reason): return Diagnostic(.invalidValue, reason)
        case .invalidConfiguration(let name, let reason):
            return Diagnostic(.invalidValue, "the topic setting \(name) can't be taken: \(reason)")
        case .outOfRange(let start, let end):
            return Diagnostic(.notFound, "the offset is not there", expected: "\(start) to \(end)")
        case .refused(let reason): return Diagnostic(.invalidValue, reason)
        case .corrupt(let reason):
            return Diagnostic(
                .corrupt, reason, hint: "restore the directory of the topics, or delete the topic")
        case .storage(let error):
            return Diagnostic(
                .unavailable, "a topic can't be read or written: \(error.reason) (\(error.path))",
                hint: "make room on the disk or mend its permissions: it goes on by itself")
        case .stopped(let reason):
            return Diagnostic(
                .io, "a topic takes no more records: \(reason)", hint: "check the disk, then start anew")
        }
    }

    init(_ error: TopicError) {
        switch error {
        case .exists(let name): self = .exists(name)
        case .unknown(let name): self = .unknown(name)
        case .invalidName(let name, let reason): self = .invalidName(name, reason: reason)
        case .invalidPartitions(let reason): self = .invalidPartitions(reason: reason)
        case .invalidConfiguration(let refusal):
            self = .invalidConfiguration(name: refusal.name, reason: refusal.reason)
        case .storage(let error): self = .storage(error)
        case .corrupt(let path): self = .corrupt(reason: "the catalogue of topics is damaged: \(path)")
        }
    }

    init(_ error: LogError) {
        switch error {
        case .offsetOutOfRange(let start, let end): self = .outOfRange(start: start, end: end)
        case .records(let error): self = .init(error)
        case .storage(let error): self = .storage(error)
        case .stopped(let reason): self = .stopped(reason: reason)
        case .outOfOrderSequence, .fencedProducer, .fencedCoordinator, .transactionState, .outsideTransaction:
            self = .refused(reason: "\(error)")
        }
    }

    init(_ error: RecordError) {
        switch error {
        case .invalid, .tooLarge: self = .refused(reason: error.description)
        case .incomplete, .corrupt, .unsupported: self = .corrupt(reason: error.description)
        }
    }

    static func topics<Result>(
        _ body: () throws(TopicError) -> Result
    ) throws(TopicStoreError) -> Result {
        do throws(TopicError) { return try body() } catch { throw TopicStoreError(error) }
    }

    static func log<Result>(_ body: () throws(LogError) -> Result) throws(TopicStoreError) -> Result {
        do throws(LogError) { return try body() } catch { throw TopicStoreError(error) }
    }

    static func records<Result>(
        _ body: () throws(RecordError) -> Result
    ) throws(TopicStoreError) -> Result {
        do throws(RecordError) { return try body() } catch { throw TopicStoreError(error) }
    }
}
