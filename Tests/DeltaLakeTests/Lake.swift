import Columnar
import DeltaLake
import Foundation
import Storage

/// A folder for a test's table, and tables in it.
struct Lake {
    let path: String

    init(_ name: String = "table") {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "millrace-delta-\(UUID().uuidString)/\(name)").path
    }

    func remove() {
        try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent())
    }

    var store: LocalObjectStore { LocalObjectStore(path, in: LocalFileSystem()) }

    static func batch(_ schema: Schema, _ rows: [[Value]]) -> Batch {
        let columns = schema.fields.enumerated().map { index, field in
            let builder = ColumnBuilder(type: field.type, capacity: rows.count)
            for row in rows { builder.append(row[index]) }
            return builder.finish()
        }
        return Batch(schema: schema, columns: columns, count: rows.count)
    }
}

/// A clock that goes on by a second each time it is read, and random numbers from a seed.
final class TestWorld: @unchecked Sendable {
    private let lock = NSLock()
    private var time: Int64 = 1_795_000_000_000
    private var random: UInt64

    init(seed: UInt64 = 1) { random = seed &* 0x9E37_79B9_7F4A_7C15 }

    var environment: TableEnvironment {
        TableEnvironment(
            clock: { [self] in
                lock.withLock {
                    time += 1000
                    return time
                }
            },
            random: { [self] in
                lock.withLock {
                    random &+= 0x9E37_79B9_7F4A_7C15
                    var word = random
                    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
                    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
                    return word ^ (word >> 31)
                }
            })
    }
}
