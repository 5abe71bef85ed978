import Storage
import Testing

@testable import Broker

@Suite struct TopicCatalogueTests {
    private func batch(_ value: String) throws -> [UInt8] {
        try sampleBatch([SampleRecord(timestamp: 1, key: [1], value: Array(value.utf8))])
    }

    @Test func `topics and their records are there after a loss of power`() throws {
        var files = SimulatedFileSystem()
        let catalogue = try TopicCatalogue("/data", files)
        let topic = try catalogue.create("orders", partitions: 3, ["retention.ms": "1000"])
        _ = try catalogue.log("orders", 2).append(try batch("a"), now: 1)
        try catalogue.addPartitions("orders", to: 5)
        try catalogue.configure("orders", ["retention.ms": nil, "cleanup.policy": "compact"])
        files = files.crash(seed: 4)
        let again = try TopicCatalogue("/data", files)
        let found = try #require(again.topic("orders"))
        #expect(found.identifier == topic.identifier)
        #expect(found.partitionCount == 5)
        #expect(found.configuration.values == ["cleanup.policy": "compact"])
        #expect(again.topic(topic.identifier) == found)
        #expect(try again.log("orders", 2).bounds.logEnd == 1)
        #expect(try again.log("orders", 4).bounds.logEnd == 0)
    }

    @Test func `a deleted topic stays deleted, and its name begins anew`() throws {
        for seed in 0..<20 as Range<UInt64> {
            let files = SimulatedFileSystem()
            let catalogue = try TopicCatalogue("/data", files)
            let old = try catalogue.create("orders", partitions: 1)
            let log = try catalogue.log("orders", 0)
            _ = try log.append(try batch("a"), now: 1)
            try catalogue.delete("orders")
            #expect(throws: LogError.self) { try log.append(try batch("b"), now: 1) }
            #expect(throws: TopicError.unknown("orders-0")) { try catalogue.log("orders", 0) }
            let new = try catalogue.create("orders", partitions: 1)
            #expect(new.identifier != old.identifier)
            let again = try TopicCatalogue("/data", files.crash(seed: seed))
            #expect(again.all == [new])
            #expect(try again.log("orders", 0).bounds.logEnd == 0)
        }
    }

    @Test func `many partitions are closed together, and a loss of power meanwhile harms none`() throws {
        for operation in [1, 30, 100, 130, 131, 170, 200, 201, 250, 10_000] {
            let files = SimulatedFileSystem()
            var defaults = LogSettings()
            defaults.flush = .after(bytes: 1 << 30, milliseconds: 1 << 40)
            let catalogue = try TopicCatalogue("/data", files, defaults: defaults)
            try catalogue.create("orders", partitions: 50)
            for partition in 0..<50 {
                for value in ["a", "b"] {
                    _ = try catalogue.log("orders", partition).append(try batch(value), now: 1)
                }
            }
            let before = files.operationCount
            files.crashAt(before + operation)
            catalogue.close()
            if operation == 10_000 { #expect(files.operationCount - before < 350, "not one by one") }
            for seed in 0..<5 as Range<UInt64> {
                let again = try TopicCatalogue("/data", files.crash(seed: seed), defaults: defaults)
                for partition in 0..<50 {
                    let log = try again.log("orders", partition)
                    if operation == 10_000 {
                        #expect(log.bounds.logEnd == 2)
                        #expect(log.report.isClean && log.report.readByteCount == 0)
                    }
                    #expect(log.bounds.logEnd <= 2)
                    _ = try log.append(try batch("c"), now: 1)
                    let values = try log.fetch(from: 0, maxBytes: 1 << 20).bytes
                    #expect(values.isEmpty == false)
                }
            }
        }
    }

    @Test func `the files of many partitions are made together`() throws {
        let files = SimulatedFileSystem()
        let catalogue = try TopicCatalogue("/data", files)
        try catalogue.create("wide", partitions: 1000)
        let before = files.operationCount
        for partition in 0..<256 { _ = try catalogue.log("wide", partition) }
        let operations = files.operationCount - before
        // A directory, and a file, of each; and the directory again where it is opened: no flush of each.
        #expect(operations < 256 * 3 + 20, "\(operations)")
        let again = try TopicCatalogue("/data", files.crash(seed: 1))
        for partition in 0..<256 {
            #expect(try again.log("wide", partition).report.readByteCount == 0)
        }
    }

    @Test func `what cannot be is refused`() throws {
        let catalogue = try TopicCatalogue("/data", SimulatedFileSystem())
        try catalogue.create("a", partitions: 2)
        #expect(throws: TopicError.exists("a")) { try catalogue.create("a", partitions: 1) }
        #expect(throws: TopicError.unknown("b")) { try catalogue.delete("b") }
        for name in ["", ".", "..", "a/b", "ä", String(repeating: "x", count: 250)] {
            #expect(throws: TopicError.self, "'\(name)'") { try catalogue.create(name, partitions: 1) }
        }
        #expect(throws: TopicError.self) { try catalogue.create("c", partitions: 0) }
        #expect(throws: TopicError.self) { try catalogue.create("c", partitions: 1_000_000) }
        #expect(throws: TopicError.self) { try catalogue.addPartitions("a", to: 2) }
        for (name, value) in [
            ("retention.ms", "soon"), ("retention.ms", "-2"), ("cleanup.policy", "burn"), ("no.such", "1"),
            ("min.cleanable.dirty.ratio", "1.5"), ("segment.bytes", "10"),
        ] {
            #expect(throws: TopicError.self, "\(name)=\(value)") {
                try catalogue.validate("c", partitions: 1, [name: value])
            }
        }
        #expect(throws: TopicError.self) {
            try catalogue.configure("a", ["segment.ms": "5", "no.such": "1"])
        }
        #expect(catalogue.topic("a")?.configuration.values == [:])
        #expect(catalogue.all.map(\.name) == ["a"])
    }

    @Test func `a damaged catalogue is said to be damaged`() throws {
        let files = SimulatedFileSystem()
        try TopicCatalogue("/data", files).create("a", partitions: 2)
        try files.damage("/data/catalogue", at: 20, flipping: 1)
        #expect(throws: TopicError.corrupt(path: "/data/catalogue")) { try TopicCatalogue("/data", files) }
    }

    @Test func `many partitions need few open files`() throws {
        let files = SimulatedFileSystem()
        let catalogue = try TopicCatalogue("/data", files, openFiles: 50)
        try catalogue.create("wide", partitions: 2000)
        for round in 0..<2 {
            for partition in 0..<2000 {
                let log = try catalogue.log("wide", partition)
                #expect(try log.append(try batch("x"), now: 1).baseOffset == Int64(round))
            }
        }
        #expect(catalogue.openFileCount <= 60)
        for partition in stride(from: 0, to: 2000, by: 37) {
            #expect(try catalogue.log("wide", partition).fetch(from: 0, maxBytes: 1000).nextOffset == 2)
        }
        catalogue.close()
    }

    @Test func `the settings of a topic are those of its logs`() throws {
        let configuration = try TopicConfiguration([
            "cleanup.policy": "compact, delete", "retention.ms": "-1", "retention.bytes": "5000",
            "message.timestamp.type": "LogAppendTime", "segment.bytes": "2048", "flush.messages": "1",
        ])
        let settings = configuration.logSettings()
        #expect(settings.isCompacted && settings.isDeleted && settings.usesLogAppendTime)
        #expect(settings.retentionMilliseconds == nil)
        #expect(settings.retentionBytes == 5000)
        #expect(settings.segmentBytes == 2048)
        #expect(settings.flush == .everyAppend)
    }
}
