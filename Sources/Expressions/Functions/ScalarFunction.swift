import Columnar

/// A scalar function's names and forms: one entry of the registry.
struct ScalarFunction: Sendable {
    let names: [String]
    let signatures: [Signature]
    /// Says why arguments are refused although a signature takes them; types are nil for NULLs.
    let objection: (@Sendable ([DataType?]) -> String?)?

    init(
        _ names: String..., objection: (@Sendable ([DataType?]) -> String?)? = nil, signatures: [Signature]
    ) {
        self.names = names
        self.signatures = signatures
        self.objection = objection
    }
}
