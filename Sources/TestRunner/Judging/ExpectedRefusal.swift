import Diagnostics

/// Whether a statement was refused for the reason that the test expects, told by words that the reasons
/// share.
enum ExpectedRefusal {
    /// What upstream says, in part, and the codes and words by which we say the same.
    private struct Rule {
        let theirs: String
        let codes: [DiagnosticCode]
        /// One of these is in our message; empty is any.
        let ours: [String]

        init(_ theirs: String, _ codes: [DiagnosticCode], _ ours: String...) {
            self.theirs = theirs
            self.codes = codes
            self.ours = ours
        }
    }

    private static let rules: [Rule] = [
        Rule("Cannot insert values into an unknown stream/table", [.unknownSource]),
        Rule("Cannot insert values into read-only", [.invalidStatement], "only read"),
        Rule("Cannot insert into read-only", [.invalidStatement], "only read"),
        Rule("Cannot insert into HEADER columns", [.invalidStatement], "header column"),
        Rule("Inserting into column", [.invalidStatement], "can't be given here"),
        Rule("don't support the following columns in SELECT", [.invalidStatement], "SELECT list of a pull"),
        Rule("don't support the following columns in WHERE", [.invalidStatement], "WHERE clause of a pull"),
        Rule("Pull queries don't support WINDOW", [.invalidStatement], "makes none"),
        Rule("Pull queries don't support JOIN", [.invalidStatement], "have no joins"),
        Rule("Pull queries don't support GROUP BY", [.invalidStatement], "have no group by"),
        Rule("Pull queries don't support HAVING", [.invalidStatement], "have no having", "have no group by"),
        Rule("Pull queries don't support PARTITION BY", [.invalidStatement], "have no partition by"),
        Rule("TimestampExtractor callback", [.malformedData], "is no time", "time is missing"),
        Rule("LIMIT clause in pull queries is currently disabled", [.invalidStatement], "is disabled"),
        Rule("Query requires table scan", [.invalidStatement], "with a range", "does not compare"),
        Rule("condition on the key column cannot be combined", [.invalidStatement], "with a range"),
        Rule("WHERE clause missing key column", [.invalidStatement], "compares no key column"),
        Rule("must be between a key column and", [.invalidStatement], "compares no key column"),
        Rule("must directly reference a key column", [.invalidStatement], "compares no key column"),
        Rule("must specify every key in the WHERE", [.invalidStatement], "a part of the key"),
        Rule("can not be converted to the type of the key column", [.typeMismatch]),
        Rule("Comparison with NULL not supported", [.typeMismatch], "NULL"),
        Rule("Primary key columns can not be NULL", [.typeMismatch], "NULL"),
        Rule("joins are not supported on windowed tables", [.invalidStatement], "another key for a join"),
        Rule("Arithmetic on types", [.typeMismatch], "cannot compute", "arithmetic"),
        Rule("negative integers in the LIMIT", [.syntax], "in the LIMIT clause"),
        Rule("must be integer for command: LIMIT", [.syntax], "in the LIMIT clause"),
        Rule("is ambiguous", [.ambiguousColumn]),
        Rule("self joins are not yet supported", [.invalidStatement], "joined to itself"),
        Rule("do not support multiple occurrences", [.invalidStatement], "twice"),
        Rule("joins on multiple conditions", [.invalidStatement], "several conditions"),
        Rule(
            "must contain references from exactly one source", [.invalidStatement], "names no source",
            "names several"),
        Rule("is expected to reference the source", [.invalidStatement], "does not name"),
        Rule("Invalid join condition: types don't match", [.typeMismatch], "the sides of the join"),
        Rule("require to join on the primary key", [.invalidStatement], "on the primary key"),
        Rule("require to join on the table's primary key", [.invalidStatement], "on the primary key"),
        Rule("not supported as part of n-way joins", [.invalidStatement], "not the first"),
        Rule("Invalid join type: full-outer", [.invalidStatement], "no FULL"),
        Rule("Invalid join type: right-outer", [.invalidStatement], "no RIGHT"),
        Rule("Invalid join order", [.invalidStatement], "can't be joined to a stream"),
        Rule("Can not join windowed source", [.invalidStatement], "joined to one without"),
        Rule("Implicit repartitioning of windowed", [.invalidStatement], "another key"),
        Rule("Primary key column missing in projection", [.invalidStatement], "missing from the SELECT"),
        Rule("Incompatible schema between results and sink", [.schemaMismatch], "does not fit"),
        Rule("Result schema is", [.schemaMismatch], "does not fit"),
        Rule("INSERT INTO can only be used to insert into a stream", [.invalidStatement], "is a table"),
        Rule("Invalid type for HEADER", [.typeMismatch], "the header"),
        Rule("Cannot delete topic for read-only source", [.invalidStatement], "is not deleted"),
        Rule("ALTER operations are not supported on source", [.invalidStatement], "SOURCE"),
        Rule("syntax error", [.syntax]),
        Rule("mismatched input", [.syntax]),
        Rule("extraneous input", [.syntax]),
        Rule("is a 'PRIMARY KEY' column: please use 'KEY'", [.syntax, .invalidStatement], "PRIMARY KEY"),
        Rule("is a 'KEY' column: please use 'PRIMARY KEY'", [.syntax, .invalidStatement], "KEY"),
        Rule("Tables require a PRIMARY KEY", [.invalidStatement], "no PRIMARY KEY"),
        Rule(
            "cannot be resolved due to ambiguous", [.invalidArgument, .invalidValue], "ambiguous",
            "is no type"),
        Rule("does not accept parameters", [.invalidArgument], "does not accept"),
        Rule("must be a literal constant", [.invalidArgument], "does not accept"),
        Rule("Cannot compare", [.typeMismatch], "compare"),
        Rule(
            "operator does not exist", [.typeMismatch, .invalidValue], "compare", "is not a",
            "no common type"),
        Rule("invalid input syntax", [.invalidValue], "invalid input"),
        Rule("All case branches have NULL type", [.typeMismatch], "branches"),
        Rule("Cast of", [.typeMismatch], "CAST"),
        Rule("Array constructor cannot be empty", [.typeMismatch], "ARRAY"),
        Rule("Cannot construct an array with all NULL", [.typeMismatch], "ARRAY"),
        Rule("Map constructor cannot be empty", [.typeMismatch], "MAP"),
        Rule("Cannot construct a map with all NULL", [.typeMismatch], "MAP"),
        Rule("Can't infer a type of null", [.typeMismatch], "no type"),
        Rule("intermediate type that the value format can not handle", [.typeMismatch], "does not hold"),
        Rule("does not support type", [.typeMismatch], "does not hold", "without MAPs"),
        Rule("Key format does not support schema", [.typeMismatch], "does not hold", "holds one"),
        Rule("Value format does not support schema", [.typeMismatch], "does not hold", "holds one"),
        Rule("only supports a single field", [.typeMismatch], "holds one"),
        Rule("JSON only supports MAP types with STRING keys", [.typeMismatch], "does not hold"),
        Rule("Map keys, including types that contain maps", [.typeMismatch], "key column", "does not hold"),
        Rule("can only be used when no columns are defined", [.typeMismatch], "holds nothing"),
        Rule("does not support 'WRAP_SINGLE_VALUE'", [.invalidValue], "wrap_single_value"),
        Rule("only valid for single-field value schemas", [.invalidStatement], "wrap_single_value"),
        Rule("VALUE_DELIMITER is invalid", [.invalidValue], "value_delimiter"),
        Rule("does not support the following configs: [delimiter]", [.invalidStatement], "value_delimiter"),
        Rule("Unknown format", [.invalidValue], "is no value for"),
        Rule("Cannot supply both", [.invalidStatement], "both"),
        Rule("Reserved column name in select", [.invalidStatement], "pseudo-column"),
        Rule("is a reserved column name", [.invalidStatement], "pseudo-column"),
        Rule("is not a valid stream/table name", [.unknownSource]),
        Rule("does not exist", [.unknownSource, .unknownColumn]),
        Rule("cannot be resolved", [.unknownColumn]),
        Rule("Unknown column", [.unknownColumn, .invalidStatement]),
        Rule("Windowed sources require a key", [.invalidStatement], "no key column"),
        Rule("'WINDOW_SIZE' should not be set", [.invalidStatement], "window_size"),
        Rule("'WINDOW_SIZE' was not supplied", [.missingProperty], "window_size"),
        Rule("persistent queries on windowed tables", [.invalidStatement], "has windows"),
        Rule("Window bounds column", [.unknownColumn, .invalidStatement], "WINDOW"),
        Rule("The projection contains no value columns", [.invalidStatement], "nothing else"),
        Rule("The projection contains a key column", [.invalidStatement], "twice"),
        Rule("must include the", [.invalidStatement], "missing from the SELECT"),
        Rule("format does not yet support GROUP BY", [.invalidStatement], "are not grouped"),
        Rule("Table functions cannot be used with aggregations", [.invalidStatement], "makes rows"),
        Rule("Table source is not supported with table functions", [.invalidStatement], "is a table"),
        Rule("not part of GROUP BY", [.invalidStatement], "neither grouped", "GROUP BY"),
        Rule("Duplicate GROUP BY", [.invalidStatement], "twice"),
        Rule("Duplicate value columns", [.duplicateColumn]),
        Rule("Duplicate key columns", [.duplicateColumn]),
        Rule("GROUP BY does not support aggregate", [.invalidStatement], "aggregate function"),
        Rule("GROUP BY requires aggregate", [.invalidStatement], "aggregate"),
        Rule("cannot be applied to a table source", [.invalidStatement], "can't be applied"),
        Rule("Can't find any functions with the name", [.unknownFunction]),
        Rule("Cannot PARTITION BY multiple columns including NULL", [.invalidStatement], "NULL"),
        Rule("PARTITION BY requires at least one", [.invalidStatement], "PARTITION BY"),
        Rule("EMIT FINAL is only supported", [.invalidStatement], "EMIT FINAL"),
        Rule("CREATE OR REPLACE is not supported on source", [.invalidStatement], "SOURCE"),
        Rule("should be LONG(INT64), TIMESTAMP", [.typeMismatch], "timestamp column"),
        Rule("TIMESTAMP column set in the WITH clause does not exist", [.unknownColumn], "timestamp column"),
        Rule("Supplied schema name", [.unknownProperty, .invalidStatement]),
        Rule("Avro only supports MAPs with STRING keys", [.typeMismatch], "does not hold"),
        Rule("Schema is not compatible with Avro", [.invalidValue], "can't name"),
        Rule("[fullSchemaName]", [.invalidStatement], "no named schemas"),
        Rule("does not exist in the Schema Registry", [.notFound], "the registry has no"),
        Rule("should support schema inference", [.invalidStatement], "no registered schemas"),
        Rule("cannot both exist for create", [.invalidStatement], "has both"),
        Rule(
            "are changed, missing or reordered", [.schemaMismatch], "not as the schema", "not as they were"),
        Rule("requires a GROUP BY clause", [.invalidStatement], "no GROUP BY", "need GROUP BY"),
        Rule("HAVING clause requires", [.invalidStatement], "need GROUP BY"),
        Rule("WHEN operand type should be boolean", [.typeMismatch], "WHEN"),
        Rule("must have a WITHIN clause", [.invalidStatement], "without WITHIN"),
        Rule("joins are not windowed", [.invalidStatement], "WITHIN"),
        Rule("Duplicate field names found in STRUCT", [.duplicateColumn], "STRUCT"),
        Rule("mismatching key types", [.typeMismatch, .invalidValue], "no common type", "invalid input"),
        Rule("Check your lambda", [.invalidArgument], "does not accept"),
        Rule("Duplicate lambda argument", [.duplicateColumn], "the lambda"),
        Rule("Table functions cannot be nested", [.invalidStatement], "makes rows"),
        Rule("Should evaluate to boolean", [.typeMismatch], "needs a condition", "BOOLEAN"),
        Rule("Type error in", [.typeMismatch], "needs a condition", "BOOLEAN"),
        Rule("Aggregate functions can not be nested", [.invalidStatement], "aggregate function"),
        Rule("aggregate functions are not supported", [.invalidStatement], "aggregate function"),
        Rule("must be the same length", [.syntax, .invalidStatement], "values for"),
        Rule("Expected a value for each column", [.syntax, .invalidStatement], "values for"),
        Rule("Expected type", [.typeMismatch], "the value for"),
        Rule("Value for primary key column", [.invalidStatement], "primary key"),
        Rule("isn't queryable", [.invalidStatement], "not held anywhere"),
        Rule("not a materialized table", [.invalidStatement], "not held anywhere"),
        Rule("Duplicate column names", [.duplicateColumn], "twice"),
        Rule("does not define any columns", [.invalidStatement], "declares no columns"),
        Rule("No columns supplied", [.invalidStatement], "declares no columns"),
        Rule("Missing required property", [.missingProperty]),
        Rule("is missing the", [.missingProperty]),
        Rule("with the same name already exists", [.duplicateSource, .duplicateColumn], "already"),
        Rule("Invalid config variable", [.unknownProperty]),
        Rule("for configuration WINDOW_TYPE", [.invalidValue], "window_type"),
        Rule("Invalid duration", [.invalidValue], "window_size"),
        Rule("Incompatible data source type", [.invalidStatement], "is a stream", "is a table"),
        Rule("Cannot drop", [.invalidStatement], "in use"),
        Rule("Cannot resolve unknown type", [.unknownType]),
        Rule("already registered with type", [.duplicateSource], "exists already"),
        Rule("DECIMAL precision must be", [.invalidValue], "is no type"),
        Rule("DECIMAL scale must be", [.invalidValue], "is no type"),
        Rule("don't support LIMIT", [.invalidStatement], "no LIMIT"),
        Rule("PARTITION BY is not supported", [.invalidStatement], "can't be partitioned"),
        Rule("Arithmetic types", [.typeMismatch], "cannot compute"),
        Rule("Unsupported arithmetic", [.typeMismatch], "cannot compute"),
        Rule("Negation on", [.typeMismatch], "cannot negate"),
        Rule("Like condition must be", [.typeMismatch], "LIKE"),
        Rule("all 'THEN' clauses", [.typeMismatch, .invalidValue], "common type", "invalid input"),
        Rule("Subscript expression", [.typeMismatch], "has no elements"),
        Rule("Expected STRUCT type", [.typeMismatch], "has no member", "needs a STRUCT"),
        Rule("on non-struct", [.typeMismatch], "needs a STRUCT"),
        Rule("Could not find field", [.unknownColumn], "no member"),
        Rule("already contains a HEADER", [.invalidStatement], "holds the headers"),
        Rule("Key missing from projection", [.invalidStatement], "missing from the SELECT"),
        Rule("Invalid result type", [.invalidStatement], "the result of this query"),
    ]

    static func isSame(_ error: Diagnostic, as expected: QueryTest.ExpectedError) -> Bool {
        let theirs = expected.message.lowercased()
        guard let rule = rules.first(where: { theirs.contains($0.theirs.lowercased()) }) else { return false }
        let ours = error.message.lowercased()
        return rule.codes.contains(error.code)
            && (rule.ours.isEmpty || rule.ours.contains { ours.contains($0.lowercased()) })
    }

    /// Whether it was refused when upstream refuses it: while it is read, planned or run. The server's errors
    /// do not say which of the first two it was.
    static func isSamePhase(_ refusal: Refusal, as expected: QueryTest.ExpectedError) -> Bool {
        let name = expected.type.split(separator: ".").last ?? ""
        switch name {
        case "ParseFailedException": return refusal.phase == .parsing
        case "KsqlException", "KsqlStatementException": return refusal.phase == .analysis
        case "StreamsException": return refusal.phase == .execution
        default: return refusal.phase != .execution
        }
    }
}
