import Columnar
import Expressions

/// Whether the body of a lambda could not be computed.
final class LambdaLoss {
    var isLost = false
}

// TRANSFORM, FILTER and REDUCE one element at a time.
extension RowModel {
    /// In a lambda, what gives NULL here takes the whole call with it.
    func needed(_ value: Value) -> Value {
        if value.isNull { loss?.isLost = true }
        return value
    }

    func iterated(_ iteration: Iteration) -> Value {
        let collection = value(iteration.collection)
        let initial = iteration.initial.map(value)
        let loss = LambdaLoss()
        func call(_ lambda: Lambda, _ arguments: [Value]) -> Value {
            RowModel(row: row, parameters: parameters + arguments, loss: loss).value(lambda.body)
        }
        var result: Value
        switch (iteration.kind, collection) {
        case (.reduce, _):
            var state = initial ?? .null
            if state.isNull { return .null }
            for element in elements(collection, inOrder: true) where !loss.isLost {
                state = call(iteration.lambdas[0], [state] + element)
            }
            result = state
        case (.filter, .array(let elements)):
            result = .array(elements.filter { call(iteration.lambdas[0], [$0]) == .boolean(true) })
        case (.filter, .map(let entries)):
            let kept = entries.filter { call(iteration.lambdas[0], [$0.key, $0.value]) == .boolean(true) }
            if kept.contains(where: \.value.isNull) { loss.isLost = true }
            result = .map(kept)
        case (.transform, .array(let elements)):
            result = .array(elements.map { call(iteration.lambdas[0], [$0]) })
        case (.transform, .map(let entries)):
            let made = entries.map { entry in
                (
                    key: call(iteration.lambdas[0], [entry.key, entry.value]),
                    value: call(iteration.lambdas[1], [entry.key, entry.value])
                )
            }
            if made.contains(where: { $0.key.isNull || $0.value.isNull }) { loss.isLost = true }
            for (index, entry) in made.enumerated() {
                if made[..<index].contains(where: { $0.key == entry.key }) { loss.isLost = true }
            }
            result = .map(made)
        default: return .null
        }
        if loss.isLost {
            self.loss?.isLost = true
            result = .null
        }
        return result
    }

    private func elements(_ collection: Value, inOrder: Bool) -> [[Value]] {
        switch collection {
        case .array(let elements): return elements.map { [$0] }
        case .map(let entries):
            var table = 2
            while table * 3 < entries.count * 4 { table *= 2 }
            let buckets = entries.map { Self.hash($0.key) % table }
            return (0..<table).flatMap { bucket in
                zip(entries, buckets).filter { $0.1 == bucket }.map { [$0.0.key, $0.0.value] }
            }
        default: return []
        }
    }

    private static func hash(_ key: Value) -> Int {
        guard case .string(let text) = key else { return 0 }
        let hash = text.utf16.reduce(0) { ($0 * 31 + Int($1)) % (1 << 32) }
        return hash ^ (hash / 65_536)
    }
}
