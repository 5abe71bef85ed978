/// What functions are for, in words: what `docs/sql/functions.md` says, which a test compares.
enum FunctionTexts {
    struct Entry: Sendable {
        /// Of the longest form, from the first on.
        let arguments: [String]
        /// What each form gives, or all of them; as types, T and U any.
        let results: [String]
        let meaning: String

        init(_ arguments: String, _ results: String, _ meaning: String) {
            self.arguments = arguments.split(separator: ",").map { Self.trimmed($0) }
            self.results = results.split(separator: ";").map { Self.trimmed($0) }
            self.meaning = meaning
        }

        private static func trimmed(_ text: Substring) -> String { String(text.drop { $0 == " " }) }
    }

    static let entries: [String: Entry] = [
        "LEN": Entry("text", "INTEGER", "how many characters, or bytes"),
        "UCASE": Entry("text", "STRING", "in capitals"),
        "LCASE": Entry("text", "STRING", "in small letters"),
        "INITCAP": Entry("text", "STRING", "each word with a capital, the rest small"),
        "TRIM": Entry("text", "STRING", "without blanks (and control characters) at both ends"),
        "SUBSTRING": Entry(
            "text, position, length", "STRING; BYTES",
            "from a position, counted from the end when negative, as many characters as the third "
                + "argument says"),
        "CONCAT": Entry("text", "STRING; BYTES", "one behind the other, NULLs left out; a || b is the same"),
        "CONCAT_WS": Entry(
            "separator, text", "STRING; BYTES",
            "joined with the first argument between them; NULLs are left out, a NULL separator "
                + "gives NULL"),
        "REPLACE": Entry(
            "text, old, new", "STRING",
            "each place of the second text in the first replaced by the third"),
        "INSTR": Entry(
            "text, wanted, position, occurrence", "INTEGER",
            "where the second text begins in the first, 0 if nowhere; from a position on "
                + "(negative: backwards from the end); the n-th time"),
        "LPAD": Entry(
            "text, length, padding", "STRING; BYTES",
            "filled up on the left with the third argument, or cut, to a length of at most 65,536"),
        "RPAD": Entry("text, length, padding", "STRING; BYTES", "the same on the right"),
        "SPLIT": Entry(
            "text, delimiter", "ARRAY<STRING>; ARRAY<BYTES>",
            "the parts between delimiters; single characters if the delimiter is empty"),
        "SPLIT_TO_MAP": Entry(
            "text, entryDelimiter, valueDelimiter", "MAP<STRING, STRING>",
            "a=1;b=2 with the delimiters ; and = as a map; of equal keys the last"),
        "ELT": Entry("number, text", "STRING", "the n-th of the texts; NULL if there is none"),
        "FIELD": Entry(
            "wanted, text", "INTEGER",
            "which of the other texts equals the first; 0 for none, and for NULL"),
        "CHR": Entry("code", "STRING", "the character of a code point, a number or such as \\u00e4"),
        "MASK": Entry(
            "text, capital, small, digit, other", "STRING",
            "capitals as X, small letters as x, digits as n, the rest as -; the last four "
                + "arguments are other signs, NULL leaves a kind as it is"),
        "MASK_LEFT": Entry(
            "text, count, capital, small, digit, other", "STRING",
            "the same for the first n characters"),
        "MASK_RIGHT": Entry("text, count, capital, small, digit, other", "STRING", "for the last n"),
        "MASK_KEEP_LEFT": Entry(
            "text, count, capital, small, digit, other", "STRING",
            "for all but the first n"),
        "MASK_KEEP_RIGHT": Entry(
            "text, count, capital, small, digit, other", "STRING",
            "for all but the last n"),
        "REGEXP_EXTRACT": Entry(
            "pattern, text, group", "STRING",
            "(pattern, text): the first match, or its group of that number; NULL if there is none"),
        "REGEXP_EXTRACT_ALL": Entry(
            "pattern, text, group", "ARRAY<STRING>",
            "(pattern, text): all matches, or their groups"),
        "REGEXP_REPLACE": Entry(
            "text, pattern, replacement", "STRING",
            "(text, pattern, replacement): all matches replaced; $1 stands for a group"),
        "REGEXP_SPLIT_TO_ARRAY": Entry(
            "text, pattern", "ARRAY<STRING>",
            "(text, pattern): what stands between matches"),
        "ABS": Entry("number", "number", "without its sign"),
        "SIGN": Entry("number", "INTEGER", "-1, 0 or 1"),
        "CEIL": Entry("number", "number", "the next whole number above"),
        "FLOOR": Entry("number", "number", "the next whole number below"),
        "ROUND": Entry(
            "number, digits", "INTEGER; BIGINT; DECIMAL; DOUBLE",
            "to the nearest, or to so many digits behind the point; a half goes to the larger "
                + "number: -1.5 gives -1"),
        "TRUNC": Entry(
            "number, digits", "INTEGER; BIGINT; DECIMAL; DOUBLE",
            "digits cut off, all behind the point or behind so many"),
        "SQRT": Entry("number", "DOUBLE", "square root"),
        "CBRT": Entry("number", "DOUBLE", "cube root"),
        "POWER": Entry("base, exponent", "DOUBLE", "the first to the power of the second"),
        "EXP": Entry("number", "DOUBLE", "e to the power of the argument"),
        "LN": Entry("number", "DOUBLE", "natural logarithm"),
        "LOG": Entry("base, number", "DOUBLE", "natural logarithm; (base, value): to that base"),
        "PI": Entry("", "DOUBLE", "3.14159…"),
        "SIN": Entry("radians", "DOUBLE", "sine, of radians as all below"),
        "COS": Entry("radians", "DOUBLE", "cosine"),
        "TAN": Entry("radians", "DOUBLE", "tangent"),
        "COT": Entry("radians", "DOUBLE", "cotangent"),
        "ASIN": Entry("number", "DOUBLE", "arc sine"),
        "ACOS": Entry("number", "DOUBLE", "arc cosine"),
        "ATAN": Entry("number", "DOUBLE", "arc tangent"),
        "ATAN2": Entry("y, x", "DOUBLE", "(y, x): the angle to a point"),
        "SINH": Entry("radians", "DOUBLE", "hyperbolic sine"),
        "COSH": Entry("radians", "DOUBLE", "hyperbolic cosine"),
        "TANH": Entry("radians", "DOUBLE", "hyperbolic tangent"),
        "DEGREES": Entry("radians", "DOUBLE", "radians as degrees"),
        "RADIANS": Entry("degrees", "DOUBLE", "degrees as radians"),
        "RANDOM": Entry(
            "", "DOUBLE",
            "from 0 up to 1; another in each row, the same one when an epoch is run again"),
        "GEO_DISTANCE": Entry(
            "latitude1, longitude1, latitude2, longitude2, unit", "DOUBLE",
            "(lat, lon, lat, lon) in degrees: the distance in km, or with 'MI' in miles"),
        "COALESCE": Entry("value", "T", "the first that is not NULL"),
        "IFNULL": Entry("value, alternative", "T", "the first, or the second where it is NULL"),
        "NULLIF": Entry("value, other", "T", "the first, or NULL where both are equal"),
        "GREATEST": Entry(
            "value", "T",
            "the greatest that is not NULL; of one type, of DECIMALs, or with a DOUBLE among "
                + "numbers"),
        "LEAST": Entry("value", "T", "the least, in the same way"),
        "AS_VALUE": Entry("key", "T", "the argument: makes a value column of a key"),
        "UUID": Entry("", "STRING", "a new random id in each row, the same one when an epoch is run again"),
        "UNIX_TIMESTAMP": Entry(
            "time", "BIGINT",
            "milliseconds since 1970, of a TIMESTAMP or of now: the epoch's clock, one time for "
                + "all its rows"),
        "UNIX_DATE": Entry("date", "INTEGER", "days since 1970, of a DATE or of today"),
        "FROM_UNIXTIME": Entry(
            "milliseconds", "TIMESTAMP",
            "the TIMESTAMP of milliseconds since 1970, such as ROWTIME"),
        "FROM_DAYS": Entry("days", "DATE", "the DATE of days since 1970"),
        "FORMAT_TIMESTAMP": Entry("time, pattern, zone", "STRING", "(time, pattern[, zone]): as text"),
        "FORMAT_DATE": Entry("date, pattern", "STRING", "(date, pattern): as text"),
        "FORMAT_TIME": Entry("time, pattern", "STRING", "(time, pattern): as text"),
        "PARSE_TIMESTAMP": Entry(
            "text, pattern, zone", "TIMESTAMP",
            "(text, pattern[, zone]): the time that the text names"),
        "PARSE_DATE": Entry("text, pattern", "DATE", "(text, pattern): the date that a text begins with"),
        "PARSE_TIME": Entry("text, pattern", "TIME", "(text, pattern): the time of day"),
        "TIMESTAMPADD": Entry(
            "unit, amount, time", "TIMESTAMP",
            "so many units later; months end on their last day where the day is missing"),
        "TIMESTAMPSUB": Entry("unit, amount, time", "TIMESTAMP", "so many units earlier"),
        "DATEADD": Entry("unit, amount, date", "DATE", "so many units later"),
        "DATESUB": Entry("unit, amount, date", "DATE", "so many units earlier"),
        "TIMEADD": Entry("unit, amount, time", "TIME", "so many units later, past midnight round to 0:00"),
        "TIMESUB": Entry("unit, amount, time", "TIME", "so many units earlier"),
        "CONVERT_TZ": Entry(
            "time, fromZone, toZone", "TIMESTAMP",
            "(time, from, to): what clocks of the second zone show when those of the first show "
                + "the time"),
        "TIMESTAMPTOSTRING": Entry(
            "milliseconds, pattern, zone", "STRING",
            "FORMAT_TIMESTAMP of milliseconds since 1970"),
        "STRINGTOTIMESTAMP": Entry(
            "text, pattern, zone", "BIGINT",
            "PARSE_TIMESTAMP as milliseconds since 1970"),
        "DATETOSTRING": Entry("days, pattern", "STRING", "FORMAT_DATE of days since 1970"),
        "STRINGTODATE": Entry("text, pattern", "INTEGER", "PARSE_DATE as days since 1970"),
        "ARRAY_LENGTH": Entry("array", "INTEGER", "how many elements"),
        "ARRAY_CONTAINS": Entry(
            "array, value", "BOOLEAN",
            "whether an element equals the value; false for a NULL array"),
        "ARRAY_JOIN": Entry(
            "array, delimiter", "STRING",
            "the elements as one text, with commas or the second argument between them"),
        "ARRAY_DISTINCT": Entry("array", "ARRAY<T>", "each element once"),
        "ARRAY_UNION": Entry("left, right", "ARRAY<T>", "the elements of both, each once"),
        "ARRAY_INTERSECT": Entry("left, right", "ARRAY<T>", "the elements that are in both, each once"),
        "ARRAY_EXCEPT": Entry(
            "left, right", "ARRAY<T>",
            "the elements of the first that are not in the second, each once"),
        "ARRAY_CONCAT": Entry(
            "left, right", "ARRAY<T>",
            "the elements of both, one behind the other; NULL only if both are"),
        "ARRAY_REMOVE": Entry(
            "array, value", "ARRAY<T>",
            "without the elements that equal the value, which may be NULL"),
        "ARRAY_MAX": Entry("array", "T", "the greatest element"),
        "ARRAY_MIN": Entry("array", "T", "the least element"),
        "ARRAY_SORT": Entry("array, direction", "ARRAY<T>", "sorted, 'DESC' the other way; NULLs last"),
        "SLICE": Entry(
            "array, from, to", "ARRAY<T>",
            "elements from … to, both included; NULL where these lie outside"),
        "GENERATE_SERIES": Entry(
            "from, to, step", "ARRAY<INTEGER>; ARRAY<BIGINT>",
            "the numbers from … to, both included, by a step; at most 65,536"),
        "AS_MAP": Entry("keys, values", "MAP<STRING, T>", "a map of keys and values"),
        "MAP_KEYS": Entry("map", "ARRAY<T>", "the keys"),
        "MAP_VALUES": Entry("map", "ARRAY<U>", "the values, in the order of the keys"),
        "MAP_UNION": Entry("left, right", "MAP<T, U>", "the entries of both; of equal keys the second map's"),
        "ENTRIES": Entry(
            "map, sorted", "ARRAY<STRUCT<K STRING, V T>>",
            "the entries as STRUCTs of K and V, sorted by key if the second argument is true"),
        "TRANSFORM": Entry(
            "collection, lambda, valueLambda", "ARRAY<U>; MAP<T, U>",
            "what the lambda makes of each element; of a map, what two make of its keys and of "
                + "its values: NULL if two keys are equal, or a key or value is NULL"),
        "FILTER": Entry(
            "collection, lambda", "ARRAY<T>; MAP<T, U>",
            "the elements for which the lambda is true; of a map, NULL if a value that stays is "
                + "NULL"),
        "REDUCE": Entry(
            "collection, start, lambda", "U; V",
            "the state, which goes through the lambda with each element in turn; without a "
                + "collection the first state; of a map in the order of ksqlDB, by the keys' hashes"),
        "EXTRACTJSONFIELD": Entry(
            "json, path", "STRING",
            "the value at a path such as $.user.tags[0], as text"),
        "IS_JSON_STRING": Entry("json", "BOOLEAN", "whether the text is JSON; false for NULL"),
        "JSON_ARRAY_CONTAINS": Entry(
            "json, value", "BOOLEAN",
            "whether an element of the array equals the value: numbers with numbers, texts with "
                + "texts, NULL with null; false for what is no array"),
        "JSON_ARRAY_LENGTH": Entry("json", "INTEGER", "how many elements the array has"),
        "JSON_ITEMS": Entry("json", "ARRAY<STRING>", "the elements of the array, as JSON"),
        "JSON_KEYS": Entry("json", "ARRAY<STRING>", "the keys of the object"),
        "JSON_RECORDS": Entry("json", "MAP<STRING, STRING>", "the object as a map of texts"),
        "JSON_CONCAT": Entry(
            "json", "STRING",
            "objects united, the later key wins; of anything else one array"),
        "TO_JSON_STRING": Entry("value", "STRING", "any value as JSON"),
        "URL_EXTRACT_PROTOCOL": Entry("url", "STRING", "https of https://host:8080/path?query#fragment"),
        "URL_EXTRACT_HOST": Entry("url", "STRING", "host"),
        "URL_EXTRACT_PORT": Entry("url", "INTEGER", "8080"),
        "URL_EXTRACT_PATH": Entry("url", "STRING", "/path"),
        "URL_EXTRACT_QUERY": Entry("url", "STRING", "query"),
        "URL_EXTRACT_FRAGMENT": Entry("url", "STRING", "fragment"),
        "URL_EXTRACT_PARAMETER": Entry(
            "url, name", "STRING",
            "the value of a parameter of the query, decoded"),
        "URL_ENCODE_PARAM": Entry("text", "STRING", "as it stands in a query"),
        "URL_DECODE_PARAM": Entry("text", "STRING", "as it was before"),
        "TO_BYTES": Entry("text, encoding", "BYTES", "(text, encoding): the bytes that the text stands for"),
        "FROM_BYTES": Entry(
            "bytes, encoding", "STRING",
            "(bytes, encoding): the text that stands for the bytes"),
        "ENCODE": Entry("text, from, to", "STRING", "(text, from, to): from one encoding into another"),
        "INT_FROM_BYTES": Entry(
            "bytes, order", "INTEGER",
            "a number of four bytes, the highest first; 'LITTLE_ENDIAN': the lowest"),
        "BIGINT_FROM_BYTES": Entry("bytes, order", "BIGINT", "the same of eight bytes"),
        "DOUBLE_FROM_BYTES": Entry("bytes, order", "DOUBLE", "the same of eight bytes"),
        "MD5": Entry("text", "STRING", "the digest as 32 hex digits"),
        "EXPLODE": Entry("array", "T", "the elements in their order; no row for an empty or NULL array"),
        "CUBE_EXPLODE": Entry(
            "array", "ARRAY<T>",
            "the array with each choice of its elements replaced by NULL, from all to none; at "
                + "most 16 elements"),
        "COUNT": Entry("value", "BIGINT", "rows; of an argument, the values that are not NULL ↶"),
        "COUNT_DISTINCT": Entry("value", "BIGINT", "different values, exactly"),
        "SUM": Entry(
            "number", "number",
            "the sum; 0 without a value, NULL when it leaves the range of its type ↶"),
        "AVG": Entry("number", "DOUBLE", "the mean; 0 without a value ↶"),
        "MIN": Entry("value", "T", "the least value"),
        "MAX": Entry("value", "T", "the greatest value"),
        "EARLIEST_BY_OFFSET": Entry(
            "value, n, ignoreNulls", "T; ARRAY<T>",
            "the first value, or the first n; NULLs count with ignore_nulls false"),
        "LATEST_BY_OFFSET": Entry(
            "value, n, ignoreNulls", "T; ARRAY<T>",
            "the last value, or the last n; NULLs count with ignore_nulls false"),
        "LAG": Entry(
            "value, distance", "T",
            "the value of the row before the last, or of the n-th before it (up to 10,000); NULLs "
                + "count, and before the first row is NULL. Not in ksqlDB"),
        "COLLECT_LIST": Entry("value", "ARRAY<T>", "all values in order, NULLs too ↶"),
        "COLLECT_SET": Entry("value", "ARRAY<T>", "each value once, NULL too"),
        "TOPK": Entry(
            "value, other, k", "ARRAY<T>; ARRAY<STRUCT<sort_col T, col0 U, …>>",
            "the k greatest, the greatest first; with more arguments, these beside it: fields "
                + "sort_col, col0, …"),
        "TOPKDISTINCT": Entry("value, k", "ARRAY<T>", "the k greatest different ones"),
        "HISTOGRAM": Entry(
            "text", "MAP<STRING, BIGINT>",
            "how often each text comes; the first 1,000 texts ↶"),
        "ATTR": Entry("value", "T", "the value, if it is the same in all rows, else NULL ↶"),
        "STDDEV_SAMPLE": Entry("number", "DOUBLE", "the sample's standard deviation; 0 below two values ↶"),
        "STDDEV_SAMP": Entry("number", "DOUBLE", "the sample's variance, as in ksqlDB; 0 below two values ↶"),
        "CORRELATION": Entry("x, y", "DOUBLE", "Pearson's coefficient of two numbers; NaN below two pairs ↶"),
        "SUM_LIST": Entry("array", "number", "the sum of the elements of all arrays ↶"),
    ]
}
