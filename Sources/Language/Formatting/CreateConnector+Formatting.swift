extension CreateConnector {
    /// The statement as SQL in which no variables are left to be put in: `${name}` stays as it is.
    public var text: String {
        var formatter = SyntaxFormatter()
        formatter.write(self)
        return formatter.text
    }
}
