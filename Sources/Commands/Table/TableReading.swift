import Columnar
import DeltaLake
import Diagnostics
import Formats
import Storage

/// Reads one table whole and says what came of it.
struct TableReading {
    let path: String
    let files: any FileSystem
    let readsVersions: Bool

    init(_ path: String, in files: any FileSystem, readsVersions: Bool) {
        self.path = path
        self.files = files
        self.readsVersions = readsVersions
    }

    func verdict() -> TableVerdict {
        let table: DeltaTable
        do throws(DeltaError) {
            table = try DeltaTable.open(LocalObjectStore(path, in: files))
        } catch {
            return verdict(of: error, version: nil)
        }
        let snapshot = table.snapshot
        do throws(DeltaError) {
            var rows = 0
            let expected = self.expected("expected.json")?["rows"]?.array
            if let expected {
                let batches = try table.readAll(snapshot)
                rows = batches.reduce(0) { $0 + $1.count }
                if let text = ExpectedRows.difference(batches, expected) {
                    return verdict(.differs, snapshot.version, rows: rows, text: text)
                }
            } else {
                try table.forEachBatch(of: snapshot) { batch in rows += batch.count }
            }
            var versions = 1
            var lost: [String] = []
            let known = self.expected("expected-versions.json")?["versions"]
            for version in try readsVersions ? olderVersions(table) : [] {
                let batches: [Batch]
                do throws(DeltaError) {
                    batches = try table.readAll(table.snapshot(at: version))
                } catch {
                    // What was cleaned up is no fault.
                    lost.append("version \(version) is no longer whole: \(error.diagnostic.message)")
                    continue
                }
                versions += 1
                if let text = ExpectedRows.difference(batches, ofVersion: known?[String(version)]) {
                    return verdict(
                        .differs, snapshot.version, rows: rows, versions: versions,
                        text: "version \(version): \(text)")
                }
            }
            return verdict(
                expected == nil ? .read : .match, snapshot.version, rows: rows, versions: versions,
                text: lost.joined(separator: "; "))
        } catch {
            return verdict(of: error, version: snapshot.version)
        }
    }

    private func olderVersions(_ table: DeltaTable) throws(DeltaError) -> [Int64] {
        try table.history().map(\.version).filter { $0 < table.snapshot.version }.reversed()
    }

    private func expected(_ name: String) -> JSONValue? {
        let place = Path.join(Path.directory(of: path), name)
        guard let bytes = try? files.read(place) else { return nil }
        return try? JSONValue(parsing: bytes)
    }

    private func verdict(of error: DeltaError, version: Int64?) -> TableVerdict {
        if case .refused = error {
            return verdict(.refused, version, rows: nil, text: error.diagnostic.message)
        }
        return verdict(.broken, version, rows: nil, text: error.diagnostic.message)
    }

    private func verdict(
        _ kind: TableVerdict.Kind, _ version: Int64?, rows: Int?, versions: Int = 0, text: String = ""
    ) -> TableVerdict {
        TableVerdict(path: path, kind: kind, version: version, rows: rows, versions: versions, text: text)
    }
}
