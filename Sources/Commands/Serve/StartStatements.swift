import Diagnostics
import Language
import Server
import Storage

/// Takes up the statements of files that the server does not have yet.
///
/// A statement that was taken up before is told by what it says, however it is laid out.
struct StartStatements {
    private let engine: Engine
    private let known: Set<Statement.Kind>
    /// How many statements were new.
    private(set) var taken = 0
    /// Those that could not be taken up; they keep no others back.
    private(set) var refused: [Diagnostic] = []

    init(_ engine: Engine) {
        self.engine = engine
        known = Set(
            engine.snapshot.allStatements.compactMap { text in
                var reader = ScriptReader(finished: text)
                return (try? reader.next())?.kind
            })
    }

    mutating func add(_ file: String) throws(Diagnostic) {
        let text: String
        do throws(StorageError) {
            text = String(decoding: try LocalFileSystem().read(file), as: UTF8.self)
        } catch {
            throw Diagnostic(
                .io, "\(file) can't be read: \(error.reason)", hint: "check the path of the SQL file")
        }
        var reader = ScriptReader(text, file: file)
        var session = Session()
        while true {
            do throws(Diagnostic) {
                guard let statement = try reader.next() else { return }
                session.variables = reader.variables
                try take(statement, &session)
            } catch {
                refused.append(error)
            }
        }
    }

    private mutating func take(_ statement: Statement, _ session: inout Session) throws(Diagnostic) {
        switch statement.kind {
        case .set(let setting): session.properties[setting.name] = setting.value
        case .unset(let name): session.properties[name.text] = nil
        case .define, .undefine: break
        case .createType(let create) where engine.snapshot.plan.catalogue.types[create.name.text] != nil:
            break
        case .createSource, .createSourceAsSelect, .createConnector, .createType, .insertInto:
            if known.contains(statement.kind) { return }
            _ = try engine.execute(statement, session)
            taken += 1
        default:
            throw Diagnostic(
                .unsupported, "a file of statements for the start only creates",
                at: statement.location(of: statement.span),
                expected: "CREATE, INSERT INTO … SELECT, SET or DEFINE",
                hint: "send it to the server when it runs")
        }
    }
}
