/// How a shell begins.
public struct ShellConfiguration: Sendable {
    public var address: ServerAddress
    public var form: OutputForm
    /// Values of `${name}` from the command line, which win over every DEFINE.
    public var variables: [String: String]
    /// Of the program, for `version`.
    public var version: String

    public init(address: ServerAddress, form: OutputForm, variables: [String: String], version: String) {
        self.address = address
        self.form = form
        self.variables = variables
        self.version = version
    }
}
