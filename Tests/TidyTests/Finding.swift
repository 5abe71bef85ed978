/// A place that breaks a rule of the house, as a test prints it: `Sources/State/Table.swift:12 says why`.
struct Finding: Equatable, CustomStringConvertible {
    let path: String
    /// Counted from 1; nil where the file as a whole is meant.
    let line: Int?
    let message: String

    var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
