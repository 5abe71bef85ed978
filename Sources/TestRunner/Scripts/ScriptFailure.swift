/// Why an SQL test ended before its end.
enum ScriptFailure: Error {
    /// A statement was refused.
    case refusal(Refusal)
    /// An assertion does not hold; the cause in words that many tests share, and the difference.
    case assertion(cause: String, text: String)
}
