import Columnar
import Diagnostics
import Formats
import Planning
import Testing

@testable import HTTP
@testable import Server

/// The way of a push query's rows to a client, without a server.
@Suite("Answers that stream")
struct AnswerStreamTests {
    private final class Received {
        var text = ""
        var isOver = false

        /// Takes what waits, as the server's thread does.
        func take(_ stream: HTTPStream) {
            var block = [CChar](repeating: 0, count: 1 << 16)
            while true {
                let count = block.withUnsafeMutableBufferPointer { buffer in
                    buffer.baseAddress.map { stream.read($0, buffer.count) } ?? 0
                }
                guard count > 0 else {
                    isOver = count < 0
                    return
                }
                text += String(decoding: block[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }

    private let columns = [AnswerPlan.Column(name: "A", type: .integer, isKey: false)]

    private func rows(_ values: ClosedRange<Int32>) -> Column {
        let builder = ColumnBuilder(type: .integer, capacity: values.count)
        for value in values { builder.append(.integer(value)) }
        return builder.finish()
    }

    @Test func rowsThatComeEarlyWaitForTheHeader() {
        let answer = AnswerStream(.lines) { _ in }
        let received = Received()
        #expect(answer.receive([rows(1...2)], count: 2, deleted: nil))
        received.take(answer.stream)
        #expect(received.text.isEmpty)
        answer.begin("q", columns)
        #expect(answer.receive([rows(3...3)], count: 1, deleted: nil))
        answer.end(nil)
        received.take(answer.stream)
        let header = "{\"queryId\":\"q\",\"columnNames\":[\"A\"],\"columnTypes\":[\"INTEGER\"]}"
        #expect(received.text == header + "\n[1]\n[2]\n[3]\n")
        #expect(received.isOver)
        #expect(!answer.receive([rows(4...4)], count: 1, deleted: nil))
    }

    @Test func anEndBeforeTheHeaderIsAnEndToo() {
        let answer = AnswerStream(.objects(mediaType: "application/json")) { _ in }
        answer.end(nil)
        answer.begin("q", columns)
        let received = Received()
        received.take(answer.stream)
        #expect(
            received.text == """
                [{"header":{"queryId":"q","schema":"`A` INTEGER"}},
                {"finalMessage":"Limit Reached"}]

                """)
        #expect(received.isOver)
    }

    @Test(arguments: [0, 1, 2]) func aFailureIsTheLastThing(form: Int) throws {
        let forms: [AnswerForm] = [.objects(mediaType: "application/json"), .lines, .array]
        let answer = AnswerStream(forms[form]) { _ in }
        answer.begin("q", columns)
        #expect(answer.receive([rows(1...1)], count: 1, deleted: nil))
        answer.end(Diagnostic(.io, "the disk is gone"))
        let received = Received()
        received.take(answer.stream)
        let last = try #require(received.text.split(separator: "\n").last)
        #expect(last.contains("\"error_code\":50000"))
        #expect(received.isOver)
        if form != 1 { #expect(try JSONValue(parsing: received.text).array?.count == 3) }
    }

    @Test func rowsThatAreGoneAreTombstones() throws {
        let answer = AnswerStream(.objects(mediaType: "application/json")) { _ in }
        answer.begin("q", columns)
        let deleted = Bitmap(repeating: true, count: 1)
        #expect(answer.receive([rows(1...1)], count: 1, deleted: deleted))
        answer.terminate()
        let received = Received()
        received.take(answer.stream)
        let objects = try JSONValue(parsing: received.text)
        #expect(objects[1] == ["row": ["columns": [1], "tombstone": true]])
        #expect(objects[2] == ["finalMessage": "Query terminated"])
    }

    @Test func aSlowClientIsWaitedForAndGivenUpInTheEnd() {
        let answer = AnswerStream(.lines, limit: 4 << 20) { _ in }
        answer.begin("q", columns)
        let many = rows(1_000_000...1_030_000)
        var batches = 0
        while answer.hasRoom {
            #expect(answer.receive([many], count: many.count, deleted: nil))
            batches += 1
        }
        #expect(batches < 10)
        let received = Received()
        received.take(answer.stream)
        #expect(answer.hasRoom)
        // An engine that does not ask fills the bound.
        while batches < 100, answer.receive([many], count: many.count, deleted: nil) { batches += 1 }
        #expect(batches < 100)
        #expect(answer.waitingBytes <= 4 << 20)
        received.take(answer.stream)
        #expect(received.text.hasSuffix("}\n"))
        #expect(received.isOver)
    }

    @Test func whoWantsToKnowTheEndIsToldOnce() {
        let answer = AnswerStream(.lines) { _ in }
        answer.begin("q", columns)
        nonisolated(unsafe) var told = 0
        answer.onEnd { told += 1 }
        answer.terminate()
        answer.end(nil)
        #expect(told == 1)
        answer.onEnd { told += 1 }
        #expect(told == 2)
    }
}
