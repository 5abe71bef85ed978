/// Files with something to be taken, first come, first served.
struct FileQueue {
    private var files: [TrackedFile] = []
    private var head = 0

    var first: TrackedFile? { head < files.count ? files[head] : nil }
    var count: Int { files.count - head }

    mutating func append(_ file: TrackedFile) {
        file.isQueued = true
        file.queuedSize = file.size
        files.append(file)
    }

    mutating func removeFirst() {
        files[head].isQueued = false
        head += 1
        // The front is given back when it is half of all.
        if head > 64, head * 2 > files.count {
            files.removeFirst(head)
            head = 0
        }
    }
}
