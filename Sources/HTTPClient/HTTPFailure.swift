/// Why no answer came, or not its end.
public struct HTTPFailure: Error, Sendable {
    /// libcurl's CURLcode; 0 when libcurl itself is not to be had.
    public let code: Int
    public let reason: String
    /// HTTP's status, 0 when not even that came.
    public let status: Int
}
