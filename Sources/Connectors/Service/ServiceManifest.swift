import Diagnostics
import Formats
import Storage

/// What the processes of a service agree on: the file `service` of their state directory.
///
/// The number of tasks and what they share never change: a record's key belongs to one task for ever.
public struct ServiceManifest: Equatable, Sendable {
    public let name: String
    /// Sixteen hexadecimal digits; tasks are called `<id>-<number>` in targets.
    public let id: String
    public let tasks: Int
    /// By topic, at the time when the service was made.
    public let partitions: [String: Int]
    /// Whether rows are kept by key, so that the topics' partitions must stay as many.
    public let isKeyed: Bool
    /// Tells the pipeline that its processes run from others.
    public var plan: UInt64

    public init(
        name: String, id: String, tasks: Int, partitions: [String: Int], isKeyed: Bool, plan: UInt64
    ) {
        self.name = name
        self.id = id
        self.tasks = tasks
        self.partitions = partitions
        self.isKeyed = isKeyed
        self.plan = plan
    }

    public static let fileName = "service"
    private static let format: Int64 = 1

    /// What a task reads.
    public func share(of task: Int) -> TaskShare {
        TaskShare(task: task, of: tasks, partitions: isKeyed ? partitions : nil)
    }

    public func instance(of task: Int) -> String { "\(id)-\(task)" }

    /// The partitions of a topic that a task reads, as it was when the service was made.
    public func partitions(of topic: String, task: Int) -> [Int] {
        (0..<(partitions[topic] ?? 0)).filter { $0 % tasks == task }
    }

    // MARK: On disk

    /// nil where the directory is no service's.
    public static func read(
        from directory: String, _ fileSystem: any FileSystem
    ) throws(Diagnostic) -> ServiceManifest? {
        let path = Path.join(directory, fileName)
        let bytes: [UInt8]
        do throws(StorageError) {
            guard try fileSystem.status(path) != nil else { return nil }
            bytes = try fileSystem.read(path)
        } catch {
            throw Diagnostic(.state, "\(path) can't be read: \(error.reason)", hint: "check its permissions")
        }
        guard let object = try? JSONValue(parsing: bytes), let found = ServiceManifest(object) else {
            throw Diagnostic(
                .incompatibleVersion, "\(path) is no service that this version can read",
                hint: "use the Millrace version that wrote it, or another --state directory")
        }
        return found
    }

    private init?(_ object: JSONValue) {
        guard object["format"]?.int64 == Self.format, let name = object["service"]?.string,
            let id = object["id"]?.string, let tasks = object["tasks"]?.int64, tasks > 0,
            tasks <= ServiceDirectory.mostTasks, let isKeyed = object["keyed"]?.boolean,
            let digits = object["plan"]?.string, let plan = UInt64(digits, radix: 16),
            let members = object["partitions"]?.members
        else { return nil }
        var partitions: [String: Int] = [:]
        for member in members {
            guard let count = member.value.int64, count > 0, count < Int32.max else { return nil }
            partitions[member.name] = Int(count)
        }
        self.init(
            name: name, id: id, tasks: Int(tasks), partitions: partitions, isKeyed: isKeyed, plan: plan)
    }

    func write(to directory: String, _ fileSystem: any FileSystem) throws(Diagnostic) {
        let object: JSONValue = [
            "format": .number(Self.format), "service": .string(name), "id": .string(id),
            "tasks": .number(tasks),
            "partitions": .object(
                partitions.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) }),
            "keyed": .boolean(isKeyed), "plan": .string(String(plan, radix: 16)),
        ]
        let path = Path.join(directory, Self.fileName)
        let text = Array((object.text + "\n").utf8)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: text)
        do throws(StorageError) {
            try fileSystem.writeAtomically(UnsafeRawBufferPointer(copy), to: path)
        } catch {
            throw Diagnostic(
                .state, "\(path) can't be written: \(error.reason)",
                hint: "check its permissions and the room on its disk")
        }
    }
}
