import Columnar
import Diagnostics
import Formats
import Language
import Planning
import Storage

/// Takes statements one by one, keeps their queries at work, and answers questions about what they made.
///
/// All methods may be called from any thread.
public final class Engine: Sendable {
    public let configuration: EngineConfiguration

    /// Opens the directory, takes up the statements that it holds and starts their queries.
    public init(_ configuration: EngineConfiguration) throws(Diagnostic) {
        self.configuration = configuration
        fatalError("to come")
    }

    /// Ends all queries at a committed epoch and lets go of the directory.
    public func stop() {}

    public var snapshot: EngineSnapshot { fatalError("to come") }

    /// Plans statements without doing them; throws at the first that can't be done.
    public func check(_ statements: [Statement], _ session: Session) throws(Diagnostic) {}

    /// Does a statement that changes something: CREATE, DROP, ALTER, INSERT INTO … SELECT, TERMINATE, PAUSE,
    /// RESUME, CREATE CONNECTOR, ASSERT. It is durable when this returns.
    public func execute(_ statement: Statement, _ session: Session) throws(Diagnostic) -> ExecutedStatement {
        fatalError("to come")
    }

    /// INSERT INTO … VALUES.
    public func insert(_ row: InsertValues, _ statement: Statement, _ session: Session) throws(Diagnostic) {}

    /// Appends rows as JSON objects by column name, as `/inserts-stream` takes them.
    ///
    /// - Returns: for each row nil, or what is wrong with it.
    public func insert(into target: String, rows: [JSONValue], _ session: Session) throws(Diagnostic)
        -> [Diagnostic?]
    { fatalError("to come") }

    /// Answers a SELECT without EMIT from what is there.
    public func pull(_ query: Query, _ statement: Statement, _ session: Session) throws(Diagnostic)
        -> PullAnswer
    { fatalError("to come") }

    /// Starts a SELECT with EMIT; the receiver gets its rows until it ends, is cancelled, or has enough.
    public func push(
        _ query: Query, _ statement: Statement, _ session: Session, to receiver: any AnswerReceiver
    ) throws(Diagnostic) -> PushQuery { fatalError("to come") }

    /// Starts PRINT: records of a topic as lines of text.
    public func print(
        _ topic: PrintTopic, _ statement: Statement, _ session: Session, to receiver: any AnswerReceiver
    ) throws(Diagnostic) -> PushQuery { fatalError("to come") }

    /// Ends a push query by its id; false when there is none.
    public func endPushQuery(_ id: String) -> Bool { false }
}
