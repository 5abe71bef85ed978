/// One form of a function, as DESCRIBE FUNCTION tells it.
public struct FunctionVariant: Hashable, Sendable {
    /// What it takes.
    public struct Argument: Hashable, Sendable {
        public let name: String
        /// Such as `ARRAY<T>`; T, U, V are any types, the same one wherever the letter stands.
        public let type: String
        /// Whether it may come any number of times, at least once.
        public let isVariadic: Bool

        public init(name: String, type: String, isVariadic: Bool) {
            self.name = name
            self.type = type
            self.isVariadic = isVariadic
        }
    }

    /// Such as `SUBSTRING(text STRING, position INTEGER)`.
    public let signature: String
    public let arguments: [Argument]
    /// The result's type.
    public let result: String

    init(_ function: String, _ arguments: [Argument], result: String) {
        self.arguments = arguments
        self.result = result
        let list = arguments.map { "\($0.name) \($0.type)" + ($0.isVariadic ? ", …" : "") }
        signature = "\(function)(\(list.joined(separator: ", ")))"
    }
}
