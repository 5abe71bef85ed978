/// What came of a test.
public struct TestVerdict: Sendable, Equatable {
    /// How it ended.
    public enum Outcome: String, Sendable {
        case passed
        case failed
        /// Asks for what is left out for good.
        case outOfScope = "out_of_scope"
        /// Its own file says not to run it.
        case skipped
    }

    public let outcome: Outcome
    /// Why it did not pass, in words that many tests share; empty where it passed.
    public let cause: String
    /// What exactly was found: how it failed, or the error that was expected and came.
    public let detail: String
    /// Of a test that expects an error and got one of the same meaning: whether the text is the same too.
    public let isSameText: Bool?

    init(_ outcome: Outcome, cause: String = "", detail: String = "", isSameText: Bool? = nil) {
        self.outcome = outcome
        self.cause = cause
        self.detail = detail
        self.isSameText = isSameText
    }

    /// Nothing more to say.
    public static let passed = TestVerdict(.passed)

    /// Ended the process that it ran in.
    public static let crashed = failed("crashed", "it ended the process that it ran in")

    /// Did not end in time.
    ///
    /// - Parameter activity: what it was at.
    public static func timedOut(at activity: String) -> TestVerdict {
        failed("timed out", "it did not end: it was at \(activity)")
    }

    static func failed(_ cause: String, _ detail: String = "") -> TestVerdict {
        TestVerdict(.failed, cause: cause, detail: detail)
    }
}
