/// What the WITH clause of a CREATE STREAM or TABLE says, checked and with its defaults put in.
public struct SourceProperties: Hashable, Sendable {
    /// What to do with a record that does not fit.
    public enum ErrorPolicy: String, Hashable, Sendable, CaseIterable {
        /// Keep it beside, with its bytes, place and reason.
        case deadLetter = "dead_letter"
        /// Keep it in the stream: its columns NULL, the reason in ROWERROR.
        case keep
        /// Stop the pipeline.
        case fail
    }

    /// The format of keys or values.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        case json = "JSON"
        case csv = "CSV"
        case delimited = "DELIMITED"
        case lines = "LINES"
        case kafka = "KAFKA"
        case none = "NONE"
        case avro = "AVRO"
        case jsonSchema = "JSON_SR"

        /// Whether records name the schema, in a registry, that they were written with.
        public var hasSchemas: Bool { self == .avro || self == .jsonSchema }

        /// Whether it has objects, so that a single value may stand in one or be bare.
        var wrapsValues: Bool { self == .json || hasSchemas }
    }

    /// What of a record's headers a column holds.
    public enum HeaderColumn: Hashable, Sendable {
        /// All of them, an ARRAY of STRUCT<KEY STRING, VALUE BYTES>.
        case all
        /// The value of the last one of that name; NULL where there is none.
        case last(String)
    }

    /// The kind of connector that reads it.
    public enum Connector: Hashable, Sendable {
        /// Files of a directory or glob.
        case files(path: String)
        /// A topic: of Kafka, or of the process.
        case topic(String)
        /// A table of a PostgreSQL database, as its URL and the options say.
        case postgres(table: String)
    }

    public var connector: Connector
    public var valueFormat: Format
    public var keyFormat: Format
    /// The delimiter of CSV and DELIMITED values.
    public var delimiter: String?
    /// The delimiter of DELIMITED keys.
    public var keyDelimiter: String?
    /// Whether a value of one column is an object with one field; if not, it is the bare value.
    public var wrapsSingleValue = true
    /// The column that holds the event time; without it the record's own time counts.
    public var timestampColumn: String?
    /// A pattern for a STRING `timestampColumn`; without it ISO 8601 is read.
    public var timestampFormat: String?
    /// Whether a record without a usable event time ends the queries that read it, whatever is done about
    /// other bad records.
    public var failsOnBadTime = false
    /// How far the watermark stays behind the latest event time, milliseconds.
    public var watermarkDelay: Int64 = 0
    /// After how long without records event time goes on with the clock, milliseconds; nil is never.
    public var idleTimeout: Int64?
    /// Of a table, the time after which a row that was not updated goes, milliseconds; nil is never.
    public var rowLifetime: Int64?
    /// How far an event time may lie ahead of the epoch's clock, milliseconds; nil is any.
    public var maximumFuture: Int64?
    public var errorPolicy: ErrorPolicy = .deadLetter
    /// The directory for dead letters; nil is one in the state directory.
    public var deadLetters: String?
    /// `SOURCE`: nothing is written to it.
    public var isReadOnly = false
    /// Columns that are filled from records' headers, by name.
    public var headerColumns: [String: HeaderColumn] = [:]
    /// Other properties that the connector understands, by lower-case name.
    public var connectorOptions: [String: String] = [:]

    public init(connector: Connector, valueFormat: Format, keyFormat: Format) {
        self.connector = connector
        self.valueFormat = valueFormat
        self.keyFormat = keyFormat
    }
}
