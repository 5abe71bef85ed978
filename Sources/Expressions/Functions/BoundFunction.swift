import Columnar

/// A scalar function together with the argument types that it was resolved for.
public struct BoundFunction: Hashable, Sendable {
    /// In capitals, as the registry has it.
    public let name: String
    public let argumentTypes: [DataType]
    public let resultType: DataType
    /// Whether equal arguments give equal results: not so for RANDOM(), UUID() and the clock.
    public let isDeterministic: Bool
    /// Which of the function's signatures fits.
    let signature: Int

    var definition: Signature { ScalarFunctions.signature(name, signature) }
}
