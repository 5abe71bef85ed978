import Formats
import Registry
import Runtime

/// One run of a ksqlDB query test: statements, what goes into topics and what must come out of them.
struct QueryTest: Sendable {
    /// A record of a topic, its key and value as the test file has them.
    struct Record: Sendable {
        /// The bounds that wrap a windowed key.
        struct Window: Sendable, Equatable {
            let start: Int64
            let end: Int64
            let isSession: Bool
        }

        let topic: String
        let key: JSONValue
        let value: JSONValue
        let timestamp: Int64?
        let window: Window?
        let headers: [MessageHeader]
    }

    /// A topic and the schemas of its records.
    struct Topic: Sendable {
        let name: String
        let key: TopicSchema?
        let value: TopicSchema?
        var keyFormat: String?
        var valueFormat: String?
    }

    /// A schema and the id that it has, if the test says.
    struct TopicSchema: Sendable {
        let text: String
        let type: SchemaType
        let id: Int32?
    }

    /// What the statements must be refused with.
    struct ExpectedError: Sendable {
        /// A Java class.
        let type: String
        /// A part of the text.
        let message: String
    }

    /// A stream or table as it must be afterwards; nil is anything.
    struct ExpectedSource: Sendable {
        let name: String
        let kind: String?
        let schema: String?
        let keyFormat: String?
        let valueFormat: String?
    }

    /// What the server must answer to a statement.
    enum Response: Sendable {
        /// An entity with at least these members.
        case entity(JSONValue)
        /// Rows, with their header in front.
        case rows([JSONValue])
    }

    let file: String
    /// The case's name, with the format or setting that was put in.
    let name: String
    let isEnabled: Bool
    /// What was put in for {FORMAT}.
    let format: String?
    let statements: [String]
    let properties: [(name: String, value: String)]
    let inputs: [Record]
    let outputs: [Record]
    let expectedError: ExpectedError?
    /// Streams and tables as they must be afterwards.
    let sources: [ExpectedSource]
    /// Topics whose schemas stand in the registry before the statements run.
    let topics: [Topic]
    /// Schemas that topics must have afterwards.
    let writtenTopics: [Topic]
    /// By statement; statements behind them may answer anything.
    let responses: [Response]
    /// Whether rows of responses must come in their order.
    let ordersRows: Bool

    func with(outputs: [Record]) -> QueryTest {
        QueryTest(
            file: file, name: name, isEnabled: isEnabled, format: format, statements: statements,
            properties: properties,
            inputs: inputs, outputs: outputs, expectedError: expectedError, sources: sources,
            topics: topics, writtenTopics: writtenTopics, responses: responses,
            ordersRows: ordersRows)
    }
}

extension QueryTest {
    /// The runs that a case stands for: one for each format or setting that it names.
    static func runs(of test: JSONValue, file: String) -> [QueryTest] {
        let name = test["name"]?.string ?? "a case without a name"
        let formats = (test["format"]?.array ?? []).compactMap(\.string)
        let settings = (test["config"]?.array ?? []).map { $0.string ?? $0.text }
        var runs: [QueryTest] = []
        for format in formats.isEmpty ? [nil] : formats.map(Optional.some) {
            for setting in settings.isEmpty ? [nil] : settings.map(Optional.some) {
                let suffix = [format, setting].compactMap { $0 }.map { " - \($0)" }.joined()
                runs.append(
                    QueryTest(test, file: file, name: name + suffix, format: format, setting: setting))
            }
        }
        return runs
    }

    private init(_ test: JSONValue, file: String, name: String, format: String?, setting: String?) {
        func filled(_ text: String) -> String {
            var text = text
            if let format {
                text = text.split(separator: "{FORMAT}", omittingEmptySubsequences: false)
                    .joined(separator: format)
            }
            if let setting {
                text = text.split(separator: "{CONFIG}", omittingEmptySubsequences: false)
                    .joined(separator: setting)
            }
            return text
        }
        self.format = format
        self.file = file
        self.name = name
        isEnabled = test["enabled"]?.boolean ?? true
        statements = (test["statements"]?.array ?? []).compactMap(\.string).map(filled)
        properties = (test["properties"]?.members ?? []).map {
            ($0.name, filled($0.value.string ?? $0.value.text))
        }
        inputs = (test["inputs"]?.array ?? []).map(Record.init)
        outputs = (test["outputs"]?.array ?? []).map(Record.init)
        expectedError = (test["expectedException"] ?? test["expectedError"]).map {
            ExpectedError(type: $0["type"]?.string ?? "", message: $0["message"]?.string ?? "")
        }
        sources = (test["post"]?["sources"]?.array ?? []).compactMap(ExpectedSource.init)
        // The same answers in PROTOBUF are out of scope.
        responses = (test["responses"]?.array ?? []).filter { $0["queryProto"] == nil }.map {
            $0["query"]?.array.map(Response.rows) ?? .entity($0["admin"] ?? .null)
        }
        ordersRows = test["outputConditions"]?["verifyOrder"]?.boolean ?? false
        topics = (test["topics"]?.array ?? []).map { Topic($0) }
        writtenTopics = (test["post"]?["topics"]?["topics"]?.array ?? []).map {
            Topic($0)
        }.filter { !$0.name.hasPrefix("_confluent") }
    }
}

extension QueryTest {
    /// A format is a text or an object that names it.
    fileprivate static func format(_ json: JSONValue?) -> String? {
        (json?.string ?? json?["format"]?.string)?.uppercased()
    }
}

extension QueryTest.ExpectedSource {
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.init(
            name: name, kind: json["type"]?.string?.uppercased(), schema: json["schema"]?.string,
            keyFormat: QueryTest.format(json["keyFormat"]),
            valueFormat: QueryTest.format(json["valueFormat"]))
    }
}

extension QueryTest.Topic {
    init(_ json: JSONValue) {
        func schema(_ part: String) -> QueryTest.TopicSchema? {
            guard let schema = json[part + "Schema"], !schema.isNull else { return nil }
            let type: SchemaType =
                switch QueryTest.format(json[part + "Format"]) {
                case "JSON", "JSON_SR": .json
                case "PROTOBUF", "PROTOBUF_NOSR": .protobuf
                default: .avro
                }
            return QueryTest.TopicSchema(
                text: schema.text, type: type, id: json[part + "SchemaId"]?.int64.map { Int32($0) })
        }
        self.init(
            name: json["name"]?.string ?? "", key: schema("key"), value: schema("value"),
            keyFormat: QueryTest.format(json["keyFormat"]),
            valueFormat: QueryTest.format(json["valueFormat"]))
    }
}

extension QueryTest.Record {
    init(_ json: JSONValue) {
        var bounds: Window?
        if let window = json["window"], let start = window["start"]?.int64, let end = window["end"]?.int64 {
            bounds = Window(
                start: start, end: end, isSession: window["type"]?.string?.lowercased() == "session")
        }
        self.init(
            topic: json["topic"]?.string ?? "", key: json["key"] ?? .null, value: json["value"] ?? .null,
            timestamp: json["timestamp"]?.int64, window: bounds,
            headers: (json["headers"]?.array ?? []).map {
                MessageHeader($0["KEY"]?.string ?? "", $0["VALUE"]?.string.flatMap(Base64.bytes(of:)))
            })
    }
}
