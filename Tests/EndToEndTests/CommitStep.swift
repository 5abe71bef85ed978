import Foundation

/// A step of an epoch's commit, seen from outside by what it has left on the disk.
enum CommitStep: Int, CaseIterable, Comparable, CustomStringConvertible {
    /// The epoch's log is there; input is read.
    case begun
    /// The log says that no more input comes.
    case sealed
    /// A data file is in its place, and no version names it yet.
    case stored
    /// The state at the epoch's end is in its place.
    case stateWritten
    /// One table has the epoch.
    case firstCommitted
    /// Some tables have it, such as a table of windows that are rewritten.
    case someCommitted
    /// The table that is written last has it.
    case lastCommitted
    /// The log says that all is done, or is gone.
    case done

    static func < (left: CommitStep, right: CommitStep) -> Bool { left.rawValue < right.rawValue }

    var description: String {
        switch self {
        case .begun: "begun"
        case .sealed: "sealed"
        case .stored: "data files stored"
        case .stateWritten: "state written"
        case .firstCommitted: "first sink committed"
        case .someCommitted: "some sinks committed"
        case .lastCommitted: "last sink committed"
        case .done: "done"
        }
    }

    /// Whether the epoch has come so far. Only for the first run over a shop, in which every table gets one
    /// version by each epoch.
    func isReached(by epoch: Int, in shop: Shop) -> Bool {
        let log = shop.state + String(format: "/log/%020d.wal", epoch)
        switch self {
        case .begun: return Self.exists(log)
        case .sealed: return (Self.lastKind(of: log) ?? 0) >= 3
        case .stored: return Self.hasFile(of: epoch, below: shop.lake + "/bronze/events")
        case .stateWritten: return Self.exists(shop.state + "/state/epoch-\(epoch).state")
        case .firstCommitted: return Self.committed(epoch, in: shop) >= 1
        case .someCommitted: return Self.committed(epoch, in: shop) >= 4
        case .lastCommitted: return Self.committed(epoch, in: shop) >= Self.tables.count
        case .done:
            return Self.lastKind(of: log) == 4
                || Self.exists(String(format: "%@/log/%020d.wal", shop.state, epoch + 2))
        }
    }

    /// The step that the epoch has come to; nil before it was begun.
    static func of(_ epoch: Int, in shop: Shop) -> CommitStep? {
        allCases.last { $0.isReached(by: epoch, in: shop) }
    }

    /// Tables that get rows by every epoch of a whole file.
    private static let tables = [
        "bronze/events", "silver/events", "gold/revenue", "gold/conversion", "gold/sales_metrics",
        "gold/user_engagement", "gold/traffic_analysis",
    ]

    private static func committed(_ epoch: Int, in shop: Shop) -> Int {
        tables.count { exists(shop.lake + "/\($0)/_delta_log/" + String(format: "%020d.json", epoch)) }
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The kind of the log's last whole entry if it is one without contents.
    ///
    /// `| length: UInt32 | checksum: UInt64 | kind: UInt8 |`, the length being 1.
    private static func lastKind(of log: String) -> UInt8? {
        let descriptor = open(log, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var entry = [UInt8](repeating: 0, count: 13)
        let size = lseek(descriptor, 0, SEEK_END)
        guard size > 40, pread(descriptor, &entry, 13, size - 13) == 13, entry[0..<4] == [1, 0, 0, 0] else {
            return nil
        }
        return entry[12]
    }

    private static func hasFile(of epoch: Int, below table: String) -> Bool {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: table)) ?? []
        return folders.contains { folder in
            folder != "_delta_log"
                && ((try? FileManager.default.contentsOfDirectory(atPath: table + "/" + folder)) ?? [])
                    .contains { $0.hasPrefix(String(format: "part-%08d-", epoch)) }
        }
    }
}
