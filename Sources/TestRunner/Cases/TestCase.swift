/// One test of a file.
public struct TestCase: Sendable {
    enum Kind: Sendable {
        /// One run of a ksqlDB query test.
        case query(QueryTest)
        /// One test of an SQL file.
        case script(ScriptTest)
    }

    let kind: Kind

    /// Its file, below the folder that was named.
    public var file: String {
        switch kind {
        case .query(let test): return test.file
        case .script(let test): return test.file
        }
    }

    public var name: String {
        switch kind {
        case .query(let test): return test.name
        case .script(let test): return test.name
        }
    }

    /// What comes of it.
    ///
    /// - Parameters:
    ///   - restartAfter: the pipeline ends after so many records, and another goes on from its checkpoint;
    ///     nil runs it in one go.
    ///   - activity: is told what the test is at.
    public func verdict(
        restartAfter: Int? = nil, activity: TestActivity = TestActivity()
    ) -> TestVerdict {
        switch kind {
        case .query(let test): return QueryTestRun.verdict(of: test, restartAfter: restartAfter, activity)
        case .script(let test): return ScriptTestRun.verdict(of: test, restartAfter: restartAfter, activity)
        }
    }
}
