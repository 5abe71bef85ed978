import Columnar
import Diagnostics
import Runtime
import Storage

// What becomes of files whose records are durably processed.
extension FileSource {
    /// Notes that something of the file is under way.
    func handOut(_ file: TrackedFile) {
        guard settings.afterwards != .keep, !file.isOutstanding else { return }
        file.isOutstanding = true
        unacknowledged.append(file)
    }

    public func acknowledge() throws(Diagnostic) {
        for file in unacknowledged {
            file.isOutstanding = false
            finish(file)
        }
        unacknowledged = []
        if let failure = finishDue() { throw failure }
    }

    /// Has the file archived or deleted as soon as it has not changed for a while.
    func finish(_ file: TrackedFile) {
        guard settings.afterwards != .keep, !file.isFinishing, !file.isOutstanding, !file.hasMore,
            !file.isSetAside
        else { return }
        file.isFinishing = true
        finishing.append(file)
    }

    /// Archives or deletes what is due; gives what went wrong, after which it is tried again later.
    @discardableResult
    func finishDue() -> Diagnostic? {
        let now = clock()
        guard !finishing.isEmpty, now >= nextFinishing else { return nil }
        var done: [TrackedFile] = []
        var failed: [TrackedFile] = []
        var failure: Diagnostic?
        var count = 0
        for file in finishing {
            if !wasFinal, now - file.lastChange < settleNanoseconds, !file.isAbsent { break }
            count += 1
            do throws(Diagnostic) {
                file.isFinishing = false
                guard try isUnchanged(file) else { continue }
                try putAway(file)
                done.append(file)
            } catch {
                failure = failure ?? error
                file.isFinishing = true
                failed.append(file)
                // Where all fail alike, a few are enough to know.
                if failed.count == 16 { break }
            }
        }
        finishing.removeFirst(count)
        finishing += failed
        // A file is forgotten only when its name is gone for good: after a power loss it would be read again.
        for directory in Set(done.map { Path.directory(of: $0.path) }) {
            do throws(StorageError) {
                try fileSystem.synchroniseDirectory(directory)
            } catch {
                failure = FileProblem.unreadable(directory, error.reason)
            }
        }
        for file in done where failure == nil { retire(file, FileProblem.vanished(file.path)) }
        if let failure {
            nextFinishing = now + retryNanoseconds
            report(failure)
        }
        return failure
    }

    /// Whether the file is still the one that was read, with nothing new in it.
    private func isUnchanged(_ file: TrackedFile) throws(Diagnostic) -> Bool {
        guard !file.isRetired, !file.isAbsent, !file.isOutstanding, !file.hasMore else { return false }
        do throws(StorageError) {
            guard let status = try fileSystem.status(file.path), FileKey(status) == file.key else {
                return false
            }
            return !file.note(status, now: clock())
        } catch {
            throw FileProblem.of(error, file.path)
        }
    }

    private func putAway(_ file: TrackedFile) throws(Diagnostic) {
        do throws(StorageError) {
            switch settings.afterwards {
            case .keep: break
            case .delete:
                for path in [file.path] + file.otherPaths { try fileSystem.remove(path) }
            case .archive(let directory): try archive(file, directory)
            }
        } catch {
            let verb = settings.afterwards == .delete ? "deleted" : "archived"
            throw Diagnostic(
                .io, "\(file.path) is read but cannot be \(verb): \(error.path): \(error.reason)",
                hint: "check permissions and space; it is tried again")
        }
    }

    private func archive(_ file: TrackedFile, _ directory: String) throws(StorageError) {
        // Below the root the archive has the directories of the source.
        var relative = Path.name(of: file.path)
        if file.path.hasPrefix(pattern.root + "/") {
            relative = String(file.path.dropFirst(pattern.root.count + 1))
        }
        var target = Path.join(directory, relative)
        let targetDirectory = Path.directory(of: target)
        try fileSystem.createDirectory(targetDirectory)
        var number = 1
        while try fileSystem.status(target) != nil {
            number += 1
            target = Path.join(directory, "\(relative).\(number)")
        }
        do throws(StorageError) {
            try fileSystem.rename(file.path, to: target)
        } catch .unavailable {
            // Another device, mostly.
            try copy(file.path, to: target)
            try fileSystem.remove(file.path)
        }
        try fileSystem.synchroniseDirectory(targetDirectory)
        for path in file.otherPaths { try fileSystem.remove(path) }
    }

    private func copy(_ path: String, to target: String) throws(StorageError) {
        let source = try fileSystem.open(path)
        let temporary = target + ".tmp"
        let copy = try fileSystem.create(temporary)
        defer { copy.close() }
        let block = Buffer(capacity: 1 << 20)
        var offset = 0
        while true {
            let count = try source.read(
                at: offset, into: UnsafeMutableRawBufferPointer(start: block.pointer, count: block.capacity))
            if count == 0 { break }
            try copy.write(UnsafeRawBufferPointer(start: block.pointer, count: count))
            offset += count
        }
        try copy.synchronise()
        try fileSystem.rename(temporary, to: target)
    }

    /// Refuses an archive whose files the source would find again.
    func verifyArchive() throws(Diagnostic) {
        guard case .archive(let directory) = settings.afterwards else { return }
        var states = pattern.start
        let root = pattern.root == "." ? "" : pattern.root + "/"
        var isInside = directory == pattern.root
        if directory.hasPrefix(root), !directory.hasPrefix("/") || root.hasPrefix("/") {
            isInside = true
            for name in directory.dropFirst(root.utf8.count).split(separator: "/") {
                states = pattern.states(in: states, entering: String(name))
            }
        }
        if isInside, !states.isEmpty {
            throw Diagnostic(
                .invalidValue, "'archive.path' \(directory) lies where the source looks for files",
                expected: "a directory outside of \(settings.path)",
                hint: "choose another directory, or one whose name starts with '_'")
        }
    }
}
