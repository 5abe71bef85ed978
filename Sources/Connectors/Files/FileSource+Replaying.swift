import Diagnostics
import Runtime
import Storage

// Ranges of an epoch that a crash left open.
extension FileSource {
    public func replay(_ range: InputRange) throws(Diagnostic) {
        let fileRange = try FileRange(range)
        nextID = max(nextID, fileRange.fileID + 1)
        let found = find(fileRange)
        if fileRange.kind != .records {
            // Told already: what the listing found wrong is not told again.
            problems.removeAll { (try? FileRange($0))?.fileID == fileRange.fileID }
        }
        switch fileRange.kind {
        case .records:
            guard let file = found else { throw FileProblem.vanished(fileRange.path) }
            try verify(file, fileRange)
            adopt(file, fileRange)
        case .damaged:
            guard let file = found else { return }
            adopt(file, fileRange, to: fileRange.start)
            file.isSetAside = file.consumed >= file.size
        case .lost:
            // Tell it once: the range says it already.
            if let file = found, file.id == fileRange.fileID {
                file.consumed = file.size
                retire(file, FileProblem.vanished(file.path))
            }
        case .shrunk:
            guard let file = found else { return }
            adopt(file, fileRange)
        }
        if let file = found {
            account(file)
            handOut(file)
        }
    }

    /// The file of a range, under whatever name it has now.
    private func find(_ range: FileRange) -> TrackedFile? {
        if let file = byID[range.fileID] { return file }
        if let file = byKey[range.key], isFree(file, range) { return file }
        // Device numbers may change with a restart of the machine.
        guard let status = try? fileSystem.status(range.path), status.inode == range.key.inode,
            let file = byKey[FileKey(status)], isFree(file, range)
        else { return nil }
        return file
    }

    private func isFree(_ file: TrackedFile, _ range: FileRange) -> Bool {
        file.id == nil || file.id == range.fileID
    }

    private func verify(_ file: TrackedFile, _ range: FileRange) throws(Diagnostic) {
        if file.isAbsent { throw FileProblem.vanished(range.path) }
        do throws(StorageError) {
            let opened = try fileSystem.open(file.path)
            let status = try opened.status()
            guard status.inode == range.key.inode,
                range.fingerprint.matches(try HeadFingerprint.head(of: opened))
            else { throw StorageError.exists(path: range.path) }
            if range.compression == .none, status.size < range.end {
                throw StorageError.invalid(path: range.path, reason: "\(status.size)")
            }
        } catch .exists {
            throw FileProblem.replaced(range.path)
        } catch .invalid(_, let size) {
            throw FileProblem.shrunk(range.path, from: range.end, to: Int(size) ?? 0)
        } catch {
            throw FileProblem.of(error, range.path)
        }
    }

    /// Makes the file stand behind the range.
    private func adopt(_ file: TrackedFile, _ range: FileRange, to taken: Int? = nil) {
        if file.id == nil {
            file.id = range.fileID
            byID[range.fileID] = file
        }
        file.compression = range.compression
        file.fingerprint = range.fingerprint
        file.taken = taken ?? range.end
        file.consumed = range.consumed
        file.searched = file.taken
        positionLog.note(range.fileID)
        if file.hasMore, !file.isSetAside { enqueue(file) }
    }
}
