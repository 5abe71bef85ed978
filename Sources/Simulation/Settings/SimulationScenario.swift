import Diagnostics

/// Which world is simulated.
public enum SimulationScenario: String, CaseIterable, Sendable {
    case shop
    case media

    /// The value of the command's first argument.
    ///
    /// - Throws: a `usage` diagnostic for an unknown name.
    public static func parse(_ text: String) throws(Diagnostic) -> SimulationScenario {
        if let scenario = SimulationScenario(rawValue: text) { return scenario }
        let names = allCases.map(\.rawValue)
        throw Diagnostic(
            .usage, "there is no scenario \(text)", expected: names.joined(separator: " or "),
            hint: NearestName.suggestion(for: text, among: names).map { "did you mean \($0)?" })
    }
}
