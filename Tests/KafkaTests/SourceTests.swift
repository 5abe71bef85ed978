import Diagnostics
import Foundation
import Kafka
import Runtime
import Synchronization
import TestKit
import Testing

@testable import Connectors

@Suite struct SourceTests {
    private func settings(_ cluster: MockCluster, _ topic: String = "t") -> KafkaSourceSettings {
        var settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: topic, relation: "T", group: "millrace.test.T")
        settings.readsHeaders = true
        settings.patience = 60_000
        return settings
    }

    private func records(_ count: Int) -> [TestRecord] {
        (0..<count).map { number in
            var record = TestRecord(
                number % 5 == 0 ? nil : "k\(number)", number % 7 == 0 ? nil : "value \(number)",
                time: 1000 + Int64(number))
            if number % 11 == 0 { record.headers = [("h", [104]), ("n", nil)] }
            return record
        }
    }

    @Test func `all records come once, in ranges, and again the same after a restart`() throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let cluster = try MockCluster(["t": 3])
            var expected: [[String]] = [[], [], []]
            let all = records(200).map { (partition: random.below(3), record: $0) }
            try cluster.produce("t", all)
            for (partition, record) in all {
                expected[partition].append(record.line(partition, expected[partition].count))
            }
            var reading = try SourceReading(settings(cluster))
            var found: [[String]] = [[], [], []]
            func take(_ lines: [String]) {
                for line in lines { found[Int(String(line.prefix(1))) ?? 0].append(line) }
            }
            while found.joined().count < 200 {
                let before = reading.source.position()
                var ranges: [InputRange] = []
                while ranges.isEmpty {
                    ranges = try reading.source.poll(
                        maximumBytes: random.int(1...600), isFinal: random.chance(50))
                }
                #expect(ranges.reduce(0) { $0 + $1.byteCount } <= 620, "seed \(seed)")
                let first = try ranges.map { try reading.lines($0, targetBytes: random.int(1...300)) }
                if random.chance(30) {
                    // As after a crash.
                    reading = try SourceReading(settings(cluster), from: before)
                    for range in ranges { try reading.source.replay(range) }
                    let again = try ranges.map { try reading.lines($0, targetBytes: random.int(1...300)) }
                    #expect(again == first, "seed \(seed)")
                }
                take(first.flatMap { $0 })
            }
            #expect(found == expected, "seed \(seed)")
            #expect(try reading.readAll().isEmpty)
        }
    }

    @Test func `a final reading ends with what was there when it began`() throws {
        let cluster = try MockCluster(["t": 2])
        try cluster.produce("t", records(50).enumerated().map { ($0.offset % 2, $0.element) })
        let reading = try SourceReading(settings(cluster))
        let first = try reading.source.poll(maximumBytes: 1, isFinal: true)
        #expect(first.count == 1)
        try cluster.produce("t", records(10).map { (0, $0) })
        #expect(try first.flatMap { try reading.lines($0) }.count + reading.readAll().count == 50)
        #expect(reading.source.recordLag() <= 10)
        let position = reading.source.position()
        #expect(try SourceReading(settings(cluster), from: position).readAll().count == 10)
    }

    @Test func `reading starts where it is told to`() throws {
        let cluster = try MockCluster(["t": 1])
        try cluster.produce("t", records(10).map { (0, $0) })
        var settings = settings(cluster)
        settings.start = .latest
        let latest = try SourceReading(settings)
        #expect(try latest.readAll().isEmpty)
        settings.start = .earliest
        let all = try SourceReading(settings)
        let ranges = try all.source.poll(maximumBytes: 40, isFinal: true)
        let begun = try ranges.flatMap { try all.lines($0) }.count
        _ = all.source.position()
        try all.source.acknowledge()
        settings.start = .committed
        // The group learns it in its own time.
        var rest = 10
        for _ in 0..<200 where rest == 10 {
            rest = try SourceReading(settings).readAll().count
            usleep(10_000)
        }
        #expect(rest == 10 - begun)
    }

    @Test func `records that were deleted are told, or passed over and told`() throws {
        let cluster = try MockCluster(["t": 1])
        let long = String(repeating: "x", count: 50_000)
        var settings = settings(cluster)
        let begun = try SourceReading(settings).source.position()
        try cluster.produce("t", (0..<200).map { (0, TestRecord("\($0)", long)) })
        let problem = #expect(throws: Diagnostic.self) { try SourceReading(settings, from: begun) }
        #expect(problem?.message.contains("from offset 0 on were deleted before T had read them") == true)
        settings.reset = .earliest
        let reports = Mutex<[Diagnostic]>([])
        let reading = try SourceReading(settings, from: begun) { report in
            reports.withLock { $0.append(report) }
        }
        let found = try reading.readAll()
        #expect(!found.isEmpty && found.count < 200)
        #expect(found.last?.hasPrefix("0 199 ") == true)
        #expect(
            reports.withLock { $0.first?.message.contains("\(200 - found.count) offsets are lost") } == true)
    }

    @Test func `another cluster with a topic of the same name is noticed`() throws {
        let cluster = try MockCluster(["t": 1])
        try cluster.produce("t", records(5).map { (0, $0) })
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.readAll().count == 5)
        let other = try MockCluster(["t": 1])
        try other.produce("t", records(9).map { (0, $0) })
        let problem = #expect(throws: Diagnostic.self) {
            try SourceReading(settings(other), from: reading.source.position())
        }
        #expect(problem?.message.contains("another Kafka cluster") == true)
    }

    @Test func `a topic that is not there is an error with the nearest name`() throws {
        let cluster = try MockCluster(["page_views": 1])
        // By its name the mock would make it.
        let problem = #expect(throws: KafkaError.self) {
            try KafkaTopics(cluster.settings).topic("page_view")
        }
        guard case .absent(let diagnostic) = problem else { throw MockCluster.Unavailable() }
        #expect(diagnostic.hint == "did you mean page_views?")
    }

    @Test func `a broker that goes away is waited for and nothing is lost`() throws {
        let cluster = try MockCluster(["t": 1])
        let records = records(40)
        try cluster.produce("t", records[..<20].map { (0, $0) })
        let reading = try SourceReading(settings(cluster))
        #expect(try reading.read(20).count == 20)
        try cluster.setBroker(isUp: false)
        let end = Date(timeIntervalSinceNow: 60)
        while reading.source.trouble == nil, Date() < end {
            _ = try reading.source.poll(maximumBytes: 1, isFinal: false)
            usleep(20_000)
        }
        #expect(reading.source.trouble?.reason.code == .unavailable)
        try cluster.setBroker(isUp: true)
        try cluster.produce("t", records[20...].map { (0, $0) })
        #expect(try reading.read(20) == (20..<40).map { records[$0].line(0, $0) })
        #expect(reading.source.trouble == nil)
    }

    @Test func `properties that nobody knows are refused, and secrets are not repeated`() throws {
        func refusal(_ properties: [String: String]) -> Diagnostic? {
            var settings = KafkaSourceSettings(
                cluster: KafkaSettings(servers: "127.0.0.1:1", properties: properties), topic: "t",
                relation: "T", group: "g")
            settings.patience = 1
            return #expect(throws: Diagnostic.self) { try SourceReading(settings) }
        }
        #expect(refusal(["securty.protocol": "SSL"])?.hint == "did you mean 'kafka.security.protocol'?")
        #expect(refusal(["group.id": "x"])?.message == "'kafka.group.id' is set by Millrace itself")
        #expect(refusal(["security.protocol": "SSSL"])?.message.contains("security.protocol") == true)
        let secret = refusal(["ssl.key.pem": "top-secret-key", "security.protocol": "ssl"])
        #expect(secret != nil)
        #expect(secret.map { "\($0)".contains("top-secret") } == false)
    }
}
