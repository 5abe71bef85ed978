import Columnar

/// A function without a name, `(x, y) => body`: what is done with each element of a collection.
public struct Lambda: Hashable, Sendable {
    /// The number of its first parameter: how many parameters the lambdas around it have.
    public let first: Int
    public let parameters: [DataType]
    public let body: Expression

    init(first: Int, parameters: [DataType], body: Expression) {
        self.first = first
        self.parameters = parameters
        self.body = body
    }

    /// What the body reads from outside: columns, and parameters of lambdas around, each once.
    var captures: [Expression] {
        var found: [Expression] = []
        func visit(_ node: Expression) {
            switch node {
            case .column: if !found.contains(node) { found.append(node) }
            case .parameter(let number, _) where number < first:
                if !found.contains(node) { found.append(node) }
            default: node.operands.forEach(visit)
            }
        }
        visit(body)
        return found
    }

    /// The body over columns: those in `captures`, and behind them the parameters.
    func body(over captures: [Expression]) -> Expression {
        body.rebuilt { node in
            switch node {
            case .column, .parameter:
                if let place = captures.firstIndex(of: node) { return .column(place, node.type) }
                guard case .parameter(let number, let type) = node,
                    parameters.indices.contains(number - first)
                else { return nil }
                return .column(captures.count + number - first, type)
            default: return nil
            }
        }
    }
}
