import Formats
import TestKit

@testable import TestRunner

/// A change of one expected record, after which a test must fail.
struct OutputMutation {
    let test: QueryTest
    /// For messages.
    let what: String

    static func random(of test: QueryTest, using random: inout SeededGenerator) -> OutputMutation {
        var outputs = test.outputs
        let index = Int.random(in: outputs.indices, using: &random)
        let record = outputs[index]
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            outputs.remove(at: index)
            // The last record of a topic takes the topic with it: nobody looks there then.
            if !outputs.contains(where: { $0.topic == record.topic }) { break }
            return OutputMutation(test: test.with(outputs: outputs), what: "record \(index) is missing")
        case 1:
            outputs.insert(record, at: index)
            return OutputMutation(test: test.with(outputs: outputs), what: "record \(index) is there twice")
        case 2:
            let others = outputs.indices.filter {
                outputs[$0].topic == record.topic
                    && (outputs[$0].key != record.key || outputs[$0].value != record.value)
            }
            guard let other = others.randomElement(using: &random) else { break }
            outputs.swapAt(index, other)
            return OutputMutation(
                test: test.with(outputs: outputs), what: "records \(index) and \(other) changed places")
        default: break
        }
        outputs = test.outputs
        outputs[index] = changed(record)
        return OutputMutation(
            test: test.with(outputs: outputs), what: "the value of record \(index) is another")
    }

    private static func changed(_ record: QueryTest.Record) -> QueryTest.Record {
        QueryTest.Record(
            topic: record.topic, key: record.key, value: changed(record.value), timestamp: record.timestamp,
            window: record.window, headers: record.headers)
    }

    private static func changed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null: return .string("mutated")
        case .boolean(let value): return .boolean(!value)
        case .number(let text):
            // Doubles are compared to a millionth: what is smaller must change by more than its sign.
            if let value = Double(text), abs(value) < 0.001 { return .number("7") }
            return .number(text.hasPrefix("-") ? "1" + text.dropFirst() : "-1" + text)
        // In front: behind a number of delimited text it may be less than the comparison sees.
        case .string(let text): return .string("1" + text)
        case .array(let elements): return .array(elements + [.number("1")])
        case .object(var members):
            guard let last = members.popLast() else { return .null }
            return .object(members + [JSONValue.Member(last.name, changed(last.value))])
        }
    }
}
