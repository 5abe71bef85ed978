import Connectors
import Formats
import Runtime

/// Whether a topic holds exactly the records that a test expects, in order.
struct TopicComparison {
    let topic: String
    let codec: TopicCodec

    /// nil when it does, else the first difference.
    func difference(_ records: [MemorySink.Record], _ expected: [QueryTest.Record]) -> TestVerdict? {
        for (index, pair) in zip(records, expected).enumerated() {
            guard let (cause, text) = difference(pair.0, pair.1) else { continue }
            return .failed(
                cause,
                "\(topic) record \(index): \(text); expected \(shown(pair.1)), got \(shown(pair.0))")
        }
        if records.count < expected.count {
            let missing = expected[records.count]
            return .failed(
                "records are missing",
                "\(topic): \(records.count) records instead of \(expected.count), first missing: "
                    + shown(missing))
        }
        if records.count > expected.count {
            return .failed(
                "too many records",
                "\(topic): \(records.count) records instead of \(expected.count), first more: "
                    + shown(records[expected.count]))
        }
        return nil
    }

    private func difference(
        _ record: MemorySink.Record, _ expected: QueryTest.Record
    ) -> (cause: String, text: String)? {
        if let found = codec.difference(record.values, isDeletion: record.isDeletion, expected) {
            return (found.hasPrefix("key") ? "other keys" : "other values", found)
        }
        if let time = expected.timestamp, time != record.eventTime {
            return ("other timestamps", "timestamp: \(record.eventTime) instead of \(time)")
        }
        if record.headers != expected.headers {
            return (
                "other headers", "headers: \(shown(record.headers)) instead of \(shown(expected.headers))"
            )
        }
        return windowDifference(record, expected).map { ("other windows", $0) }
    }

    private func windowDifference(_ record: MemorySink.Record, _ expected: QueryTest.Record) -> String? {
        guard let window = expected.window else {
            return codec.relation.windowing == nil ? nil : "the key has a window"
        }
        guard codec.relation.windowing != nil else { return "the key has no window" }
        guard (codec.relation.windowing == .session) == window.isSession else {
            return "another kind of window"
        }
        if record.windowStart == window.start, record.windowEnd == window.end { return nil }
        return "window: \(record.windowStart ?? -1) to \(record.windowEnd ?? -1) instead of "
            + "\(window.start) to \(window.end)"
    }

    // MARK: For people

    private func shown(_ headers: [MessageHeader]) -> String {
        JSONValue.array(
            headers.map { header in
                let value = header.value.map { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
                return .object([
                    JSONValue.Member("KEY", .string(header.name)), JSONValue.Member("VALUE", value ?? .null),
                ])
            }
        ).text
    }

    private func shown(_ record: QueryTest.Record) -> String {
        shown(
            record.key, record.value, record.timestamp,
            record.window.map { ($0.start, $0.end) })
    }

    private func shown(_ record: MemorySink.Record) -> String {
        var window: (Int64, Int64)?
        if let start = record.windowStart, let end = record.windowEnd { window = (start, end) }
        return shown(
            codec.key(record.values), record.isDeletion ? .null : codec.value(record.values),
            record.eventTime, window)
    }

    private func shown(
        _ key: JSONValue, _ value: JSONValue, _ time: Int64?, _ window: (Int64, Int64)?
    ) -> String {
        var members = [JSONValue.Member("key", key), JSONValue.Member("value", value)]
        if let time { members.append(JSONValue.Member("timestamp", .number(time))) }
        if let window {
            members.append(
                JSONValue.Member("window", ["start": .number(window.0), "end": .number(window.1)]))
        }
        return JSONValue.object(members).text
    }
}
