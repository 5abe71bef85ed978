import Foundation

/// A shop's raw files, its lake and its state directory, and the program that makes one of the other.
struct Shop {
    let folder: String
    /// The watched directory.
    var raw: String
    /// The most bytes of an epoch; nil leaves it to the program, which takes much at once.
    var epochBytes: Int?

    var lake: String { folder + "/lake" }
    var state: String { folder + "/state" }

    /// A shop that reads `data`, or an empty directory of its own.
    init(_ name: String, reading data: String? = nil, epochBytes: Int? = nil) throws {
        folder = try Place.folder(name)
        self.epochBytes = epochBytes
        raw = data ?? folder + "/raw"
        try FileManager.default.createDirectory(atPath: raw, withIntermediateDirectories: true)
    }

    /// Takes away all that the program has made.
    func startOver() throws {
        for path in [lake, state] where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// The words that run the medallion pipeline over this shop.
    func command(_ flags: [String] = []) -> [String] {
        [Place.program, "run"] + settings
            + [Place.pipeline, "-D", "raw=" + raw, "-D", "lake=" + lake, "--state", state] + flags
    }

    /// A file of settings that is read before the pipeline.
    private var settings: [String] {
        guard let epochBytes else { return [] }
        let path = folder + "/settings.sql"
        let text = "SET 'epoch.max.bytes' = '\(epochBytes)';\nSET 'chunk.bytes' = '\(epochBytes / 12)';\n"
        _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
        return [path]
    }

    /// Takes all input that is there; throws unless the program says that it is done.
    @discardableResult
    func runOnce(_ flags: [String] = [], limit: Double = 600) throws -> RunningProgram.Ended {
        let ended = try RunningProgram(command(["--once", "--json"] + flags)).wait(limit: limit)
        guard ended.exitCode == 0 else {
            throw RunningProgram.Failure(
                description: "exit code \(ended.exitCode.map(String.init) ?? "-") (signal)\n\(ended.errors)")
        }
        return ended
    }

    /// Lets a file appear as a careful producer does, with the modification time of the original.
    func deliver(_ file: String) throws {
        let name = (file as NSString).lastPathComponent
        let hidden = folder + "/" + name
        try FileManager.default.copyItem(atPath: file, toPath: hidden)
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        try FileManager.default.setAttributes(
            [.modificationDate: attributes[.modificationDate] ?? Date()], ofItemAtPath: hidden)
        try FileManager.default.moveItem(atPath: hidden, toPath: raw + "/" + name)
    }

    /// All files of the lake with their sizes: equal before and after a run that has done nothing.
    func lakeFiles() throws -> [String] {
        let all = FileManager.default.enumerator(atPath: lake)?.allObjects ?? []
        return try all.compactMap { $0 as? String }.map { name in
            let size = try FileManager.default.attributesOfItem(atPath: lake + "/" + name)[.size] ?? 0
            return "\(name) \(size)"
        }.sorted()
    }

    /// The versions of a table: one for each entry of its log.
    func versions(of table: String) -> Int {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: "\(lake)/\(table)/_delta_log")) ?? []
        return names.count { $0.hasSuffix(".json") && $0.count == 25 }
    }
}
