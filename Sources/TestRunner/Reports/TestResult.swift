/// A test and what came of it.
public struct TestResult: Sendable {
    public let file: String
    public let name: String
    public let verdict: TestVerdict

    public init(file: String, name: String, verdict: TestVerdict) {
        self.file = file
        self.name = name
        self.verdict = verdict
    }

    public var id: String { "\(file): \(name)" }
}
