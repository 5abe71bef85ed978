import Diagnostics
import Formats
import Synchronization

/// Schemas under subjects and versions, each with an id that messages carry.
///
/// The rules are those of Confluent's Schema Registry: ids are global and a schema has one; a subject's
/// versions count from 1; a new version must be compatible with the ones before, as the subject's level
/// asks; what is deleted softly still reads old messages, and what is then deleted for good does not.
/// Safe to use from any thread.
public final class SchemaRegistry: Sendable {
    let contents: Mutex<RegistryContents>
    private let storage: any RegistryStorage

    /// Throws when what the storage holds can't be read.
    public init(storage: any RegistryStorage) throws(Diagnostic) {
        self.storage = storage
        var read = RegistryContents()
        for change in try storage.changes() { try read.apply(change) }
        contents = Mutex(read)
    }

    /// In memory, and empty.
    public convenience init() { self.init(RegistryContents()) }

    private init(_ contents: RegistryContents) {
        storage = MemoryRegistryStorage()
        self.contents = Mutex(contents)
    }

    /// A registry in memory that holds the same, to try things in.
    public func copy() -> SchemaRegistry { SchemaRegistry(contents.withLock { $0 }) }

    /// What is to change, and what the caller gets.
    struct Outcome<Answer> {
        let answer: Answer
        var changes: [RegistryChange] = []
        /// The schema of the first change, where it is a new one.
        var content: RegisteredSchema.Content?
    }

    /// Works on the contents and keeps the changes that come of it before anybody sees them.
    func change<Answer>(
        _ body: (RegistryContents) throws(RegistryError) -> Outcome<Answer>
    ) throws(RegistryError) -> Answer {
        let result = contents.withLock { held -> Result<Answer, RegistryError> in
            do throws(RegistryError) {
                let outcome = try body(held)
                guard !outcome.changes.isEmpty else { return .success(outcome.answer) }
                do throws(Diagnostic) {
                    try storage.append(outcome.changes)
                    for change in outcome.changes { try held.apply(change, outcome.content) }
                } catch { throw .storage(error) }
                return .success(outcome.answer)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
