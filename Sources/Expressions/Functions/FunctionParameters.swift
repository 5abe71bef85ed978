/// The parameters in the text of a function's form.
public struct FunctionParameters: Sendable {
    /// Such as `STRING` or `MAP<K, V>`.
    public let types: [String]
    /// The place of the one that may come any number of times.
    public let variadic: Int?

    /// `F(MAP<K, V>, …)` → `MAP<K, V>`, which may come again.
    public init(of form: String) {
        var parameters = [""]
        var depth = 0
        if let open = form.firstIndex(of: "("), form.last == ")" {
            for letter in form[form.index(after: open)...].dropLast() {
                switch letter {
                case "<", "(", "[": depth += 1
                case ">" where depth > 0, ")", "]": depth -= 1
                case ",":
                    if depth == 0 {
                        parameters.append("")
                        continue
                    }
                default: break
                }
                if letter == " ", parameters[parameters.count - 1].isEmpty { continue }
                parameters[parameters.count - 1].append(letter)
            }
        }
        parameters = parameters.filter { !$0.isEmpty }
        let dots = parameters.firstIndex(of: "…")
        variadic = dots.flatMap { $0 > 0 ? $0 - 1 : nil }
        types = parameters.filter { $0 != "…" }
    }
}
