import Diagnostics
import Storage

// What is in the directories.
extension FileSource {
    /// Lists all directories anew, watching each before.
    func list() {
        changes = []
        needsListing = false
        let now = clock()
        feed?.unwatchAll()
        directories = [:]
        isWatching = feed != nil
        var found: [(path: String, status: FileStatus)] = []
        walk(pattern.root, pattern.start, &found)
        // What came in while listing is seen twice at worst, but never missed.
        let present = Set(found.map(\.path))
        for (path, file) in byPath where !present.contains(path) {
            detach(path, from: file)
            if file.isAbsent { leave(file, now) }
        }
        found.sort { left, right in
            let leftID = byKey[FileKey(left.status)]?.id ?? Int.max
            let rightID = byKey[FileKey(right.status)]?.id ?? Int.max
            return leftID != rightID ? leftID < rightID : isEarlier(left, right)
        }
        for (path, status) in found { examine(path, status, now) }
        let end = clock()
        var interval = settings.pollIntervalMilliseconds.map { Int64(clamping: $0) &* 1_000_000 }
        if !isWatching || isRemote { interval = interval ?? retryNanoseconds }
        // Listing a huge directory must not take all the time.
        nextListing = interval.map { end &+ max($0, (end - now) * 10) } ?? Int64.max
    }

    func walk(
        _ directory: String, _ states: [Int], _ found: inout [(path: String, status: FileStatus)]
    ) {
        directories[directory] = states
        let isWatched = feed?.watch(directory) ?? false
        var entries: [DirectoryEntry] = []
        do throws(StorageError) {
            entries = try fileSystem.list(directory)
            reported.remove(directory)
        } catch {
            directories[directory] = nil
            // A directory that vanished while its parent was listed is no loss.
            if case .missing = error, directory != pattern.root { return }
            isWatching = false
            if reported.insert(directory).inserted {
                report(
                    Diagnostic(
                        .io, "\(directory) cannot be listed: \(error.reason)",
                        hint: "mend it; it is tried again every second"))
            }
            return
        }
        if isWatching, !isWatched {
            isWatching = false
            if reported.insert("").inserted {
                report(
                    Diagnostic(
                        .io, "changes in \(directory) cannot be watched; directories are listed every second",
                        hint: "raise fs.inotify.max_user_watches"))
            }
        }
        for entry in entries {
            let path = self.path(directory, entry.name)
            if entry.isDirectory {
                let inside = pattern.states(in: states, entering: entry.name)
                if !inside.isEmpty { walk(path, inside, &found) }
            } else if pattern.matchesFile(entry.name, in: states), let status = try? fileSystem.status(path),
                !status.isDirectory
            {
                found.append((path, status))
            }
        }
    }

    /// `./` in front of a name that was given without a directory would be noise.
    func path(_ directory: String, _ name: String) -> String {
        directory == "." && !settings.path.hasPrefix("./") && settings.path != "."
            ? name : Path.join(directory, name)
    }

    func isEarlier(
        _ left: (path: String, status: FileStatus), _ right: (path: String, status: FileStatus)
    )
        -> Bool
    {
        let (leftTime, rightTime) = (
            left.status.modificationNanoseconds, right.status.modificationNanoseconds
        )
        if leftTime != rightTime { return leftTime < rightTime }
        return left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
    }
}
