import Foundation

extension Shop {
    /// Some rules of the pipeline changed: what was malformed comes back, other rows go, columns come and
    /// windows close sooner.
    static let otherRules = [
        (
            "'page_view', 'add_to_cart', 'purchase', 'search')",
            "'page_view', 'add_to_cart', 'purchase', 'search', 'heartbeat')"
        ),
        ("      WHEN user_id IS NULL OR TRIM(user_id) = '' THEN 'user_id is missing'\n", ""),
        ("    TRIM(user_id) AS user_id,", "    COALESCE(TRIM(user_id), 'guest') AS user_id,"),
        ("COALESCE(LCASE(TRIM(device)), 'unknown')", "COALESCE(LCASE(TRIM(device)), 'none')"),
        (
            "    event_type = 'purchase' AS is_purchase,",
            "    event_type = 'purchase' AS is_purchase, event_type = 'search' AS is_search,"
        ),
        ("watermark_delay = '10 minutes'", "watermark_delay = '2 minutes'"),
        ("HAVING COUNT(*) > 50", "HAVING COUNT(*) > 20"),
        ("WINDOW TUMBLING (SIZE 5 MINUTES", "WINDOW TUMBLING (SIZE 10 MINUTES"),
    ]

    /// The pipeline's statements with texts replaced, in a file of their own.
    func script(_ name: String, _ changes: [(String, String)]) throws -> String {
        var text = try String(contentsOfFile: Place.pipeline, encoding: .utf8)
        for (old, new) in changes {
            guard text.contains(old) else {
                throw RunningProgram.Failure(description: "the pipeline does not have \(old)")
            }
            text = text.replacingOccurrences(of: old, with: new)
        }
        let path = folder + "/" + name + ".sql"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        return path
    }

    /// `verb` with statements other than the pipeline's own.
    func command(_ verb: String, _ script: String, _ flags: [String] = []) -> [String] {
        command(flags).map { word in
            switch word {
            case "run": verb
            case Place.pipeline: script
            default: word
            }
        }
    }

    /// Replays from bronze; throws unless the program says that it is done.
    @discardableResult
    func replay(_ script: String, _ flags: [String] = []) throws -> ReplaySummary {
        let words = command("replay", script, ["--from", "bronze", "--json"] + flags)
        let ended = try RunningProgram(words).wait()
        guard ended.exitCode == 0 else { throw RunningProgram.Failure(description: ended.errors) }
        return try JSONDecoder().decode(ReplaySummary.self, from: Data(ended.output.utf8))
    }

    /// Takes all input that is there by other statements than the pipeline's own.
    func runOnce(_ script: String, _ flags: [String] = []) throws {
        let ended = try RunningProgram(command("run", script, ["--once", "--quiet"] + flags)).wait()
        guard ended.exitCode == 0 else { throw RunningProgram.Failure(description: ended.errors) }
    }

    /// Events that a running pipeline has said it has taken.
    func rowsReported(_ run: RunningProgram) -> Int {
        let lines = run.output.split(separator: "\n")
        guard let last = lines.last(where: { $0.contains(" events (") }), let end = last.range(of: " events")
        else { return 0 }
        let digits = last[..<end.lowerBound].reversed().prefix { $0.isNumber || $0 == "," }.filter(\.isNumber)
        return Int(String(digits.reversed())) ?? 0
    }

    /// The same lake, state and files in another folder; paths of tables are none of the state's.
    func copy(_ name: String) throws -> Shop {
        var copy = try Shop(name, epochBytes: epochBytes)
        try FileManager.default.removeItem(atPath: copy.raw)
        for (flag, from, to) in [("-al", raw, copy.raw), ("-a", lake, copy.lake), ("-a", state, copy.state)] {
            // A raw file is known by its inode: another name of it is the same file.
            let ended = try RunningProgram(["cp", flag, from, to]).wait()
            guard ended.exitCode == 0 else { throw RunningProgram.Failure(description: ended.errors) }
        }
        copy.raw = copy.folder + "/raw"
        return copy
    }

    /// Whether anything of a replay is left beside the tables or in the state directory.
    var leftovers: [String] {
        let tables = (FileManager.default.enumerator(atPath: lake)?.allObjects ?? []).compactMap {
            $0 as? String
        }
        let kept = (try? FileManager.default.contentsOfDirectory(atPath: state + "/replay")) ?? []
        return tables.filter { $0.contains("_replay") } + kept.filter { $0 != "lock" }
    }
}

/// What `millrace replay --json` says.
struct ReplaySummary: Decodable {
    struct Table: Decodable {
        struct Difference: Decodable {
            let onlyLive: Int
            let onlyRebuilt: Int
            let changed: Int
            let columnsAdded: [String]

            enum CodingKeys: String, CodingKey {
                case onlyLive = "only_live"
                case onlyRebuilt = "only_rebuilt"
                case changed
                case columnsAdded = "columns_added"
            }
        }

        let sink: String
        let path: String
        let key: [String]
        let diff: Difference?
    }

    let records: Int
    let swapped: Bool
    let tables: [Table]
}
