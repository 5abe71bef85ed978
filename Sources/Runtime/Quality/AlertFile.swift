import Storage

/// Appends alerts to a file of JSON lines, each whole line once.
///
/// An epoch that is run again after a crash finds the lines that are there already.
struct AlertFile: Sendable {
    let fileSystem: any FileSystem
    let path: String
    let instance: String

    /// Where lines of an epoch that was not finished can be: behind them nothing was written.
    private static let tailBytes = 1 << 16

    func append(_ alerts: [RuleAlert]) throws(StorageError) {
        let directory = Path.directory(of: path)
        try fileSystem.createDirectory(directory)
        let isNew = try fileSystem.status(path) == nil
        let tail = try tail()
        var text: [UInt8] = []
        // A line that a crash has cut off stands for itself.
        if let last = tail.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
        let known = Set(tail.split(separator: UInt8(ascii: "\n")).map { Array($0) })
        for alert in alerts {
            let line = Array(alert.json(instance: instance).utf8)
            if !known.contains(line) { text += line + [UInt8(ascii: "\n")] }
        }
        guard text.contains(where: { $0 != UInt8(ascii: "\n") }) else { return }
        let file = try fileSystem.append(to: path)
        defer { file.close() }
        var encoder = BinaryEncoder()
        encoder.add(contentsOf: text)
        try encoder.write(to: file)
        try file.synchronise()
        if isNew { try fileSystem.synchroniseDirectory(directory) }
    }

    private func tail() throws(StorageError) -> [UInt8] {
        guard try fileSystem.status(path) != nil else { return [] }
        let file = try fileSystem.open(path)
        defer { file.close() }
        let size = try file.size()
        let start = max(0, size - Self.tailBytes)
        var bytes = [UInt8](repeating: 0, count: size - start)
        var failure: StorageError?
        let count = bytes.withUnsafeMutableBytes { raw -> Int in
            do throws(StorageError) { return try file.read(at: start, into: raw) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return Array(bytes.prefix(count))
    }
}
