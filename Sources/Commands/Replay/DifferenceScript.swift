/// The SQL that compares `live.rows` with `rebuilt.rows`, and writes what it found to files.
struct DifferenceScript {
    let columns: [ComparedColumns.Column]
    /// Columns by which differing rows are paired; without any, none are.
    let key: [String]

    /// - Parameters:
    ///   - counts: a file for one JSON object: `only_live`, `only_rebuilt`, `changed`, `columns`.
    ///   - rows: a file for JSON objects with `live` and `rebuilt`, all values as text.
    ///   - examples: rows of each kind.
    func text(counts: String, rows: String, examples: Int) -> String {
        """
        CREATE TEMP VIEW a AS SELECT \(list { value($0, of: $0.liveName) }) FROM live.rows;
        CREATE TEMP VIEW b AS SELECT \(list { value($0, of: $0.name) }) FROM rebuilt.rows;
        CREATE TEMP TABLE signs AS SELECT h1, h2, sum(s)::BIGINT AS s FROM (
          SELECT \(hashes), -1 AS s FROM a UNION ALL SELECT \(hashes), 1 AS s FROM b)
          GROUP BY h1, h2 HAVING sum(s) <> 0;
        CREATE TEMP TABLE gone AS \(differing("a", "s < 0", "-s"));
        CREATE TEMP TABLE come AS \(differing("b", "s > 0", "s"));
        CREATE TEMP VIEW pairs AS \(pairs);
        COPY (SELECT count(*) FILTER (c IS NULL) AS only_live, count(*) FILTER (g IS NULL) AS only_rebuilt,
          count(*) FILTER (c IS NOT NULL AND g IS NOT NULL) AS changed,
          {\(columns.map { "\(SQLText.string($0.name)): \(changes($0))" }.joined(separator: ", "))} AS columns
          FROM pairs) TO \(SQLText.string(counts)) (FORMAT JSON);
        COPY (\(shown(examples))) TO \(SQLText.string(rows)) (FORMAT JSON);

        """
    }

    private func name(_ column: ComparedColumns.Column) -> String { SQLText.name(column.name) }

    private func list(_ item: (ComparedColumns.Column) -> String) -> String {
        columns.map(item).joined(separator: ", ")
    }

    /// A column under the name that both sides have; as text where their types differ.
    private func value(_ column: ComparedColumns.Column, of own: String) -> String {
        SQLText.name(own) + (column.isSameType ? "" : "::VARCHAR") + " AS " + name(column)
    }

    /// Two hashes of a row that have little to do with one another.
    private var hashes: String {
        let forward = columns.map(name).joined(separator: ", ")
        let backward = columns.reversed().map(name).joined(separator: ", ")
        return "hash(\(forward)) AS h1, hash('~', \(backward)) AS h2"
    }

    /// The rows of one side that the other lacks, each as often as it lacks them.
    private func differing(_ side: String, _ condition: String, _ count: String) -> String {
        """
        SELECT * EXCLUDE (h1, h2, s, n) FROM (
          SELECT *, row_number() OVER (PARTITION BY h1, h2) AS n FROM (SELECT *, \(hashes) FROM \(side))
          JOIN (SELECT * FROM signs WHERE \(condition)) USING (h1, h2)) WHERE n <= \(count)
        """
    }

    /// Differing rows side by side: those of one key, as far as both sides have them; else alone.
    private var pairs: String {
        guard !key.isEmpty else {
            return "SELECT gone AS g, NULL AS c FROM gone UNION ALL SELECT NULL, come FROM come"
        }
        // NULL is a key like any other here.
        let keys = key.map { "coalesce(\(SQLText.name($0))::VARCHAR, '\u{1}')" }
        let named = keys.enumerated().map { "\($1) AS k\($0)" }.joined(separator: ", ")
        let place = "row_number() OVER (PARTITION BY \(keys.joined(separator: ", "))) AS place, \(named)"
        let order = key.indices.map { "k\($0)" }.joined(separator: ", ")
        return "SELECT g, c, place, \(order) FROM (SELECT gone AS g, \(place) FROM gone) "
            + "FULL JOIN (SELECT come AS c, \(place) FROM come) USING (place, \(order))"
    }

    private func changes(_ column: ComparedColumns.Column) -> String {
        let own = SQLText.name(column.name)
        return "count(*) FILTER (g IS NOT NULL AND c IS NOT NULL AND g.\(own) IS DISTINCT FROM c.\(own))"
    }

    private func shown(_ examples: Int) -> String {
        func texts(_ side: String) -> String {
            let members = columns.map { "\(SQLText.string($0.name)): \(side).\(name($0))::VARCHAR" }
            return "CASE WHEN \(side) IS NOT NULL THEN {\(members.joined(separator: ", "))} END"
        }
        let order =
            key.isEmpty ? "" : " ORDER BY \(key.indices.map { "k\($0)" }.joined(separator: ", ")), place"
        let kinds = ["c IS NULL", "g IS NULL", "g IS NOT NULL AND c IS NOT NULL"].map { condition in
            "(SELECT \(texts("g")) AS live, \(texts("c")) AS rebuilt FROM pairs WHERE \(condition)\(order) "
                + "LIMIT \(examples))"
        }
        return kinds.joined(separator: " UNION ALL ")
    }
}
