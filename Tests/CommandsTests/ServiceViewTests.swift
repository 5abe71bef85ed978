import Foundation
@testable import Runtime
import Testing

@testable import Commands

/// What people see of a service's tasks.
@Suite struct ServiceViewTests {
    private func status(_ records: Int64, watermark: Int64, _ phase: PipelineStatus.Phase) -> PipelineStatus {
        var status = PipelineStatus()
        status.phase = phase
        status.committedEpochs = 2
        status.sources = [
            PipelineStatus.SourceCount(
                name: "E", records: records, bytes: 10, deadLetters: 1, lagBytes: 5, watermark: watermark)
        ]
        status.relations = [
            PipelineStatus.RelationCount(
                name: "T", isTable: true, rows: records, late: 1, duplicates: 0, sinks: ["lake"])
        ]
        return status
    }

    private func service(_ tasks: [Int], moves: [String]) -> ServiceStatus {
        ServiceStatus(
            name: "shop", taskCount: 8, tasks: tasks, members: 2, moves: moves, moveCount: moves.count)
    }

    @Test func theStatusOfTasksIsTheirSum() {
        let all = PipelineStatus.joined([
            status(3, watermark: 500, .running), status(4, watermark: 200, .recovering),
        ])
        #expect(all.records == 7)
        #expect(all.watermark == 200)
        #expect(all.committedEpochs == 4)
        #expect(all.relations.map(\.rows) == [7])
        #expect(all.relations.map(\.late) == [2])
        #expect(all.phase == .running)
    }

    @Test func eachMoveIsToldOnce() {
        var news = NewsLines()
        var status = status(0, watermark: 0, .running)
        status.service = service([3], moves: ["takes task 3"])
        #expect(news.take(status) == ["service: takes task 3"])
        status.service = service([], moves: ["takes task 3", "gives task 3 back"])
        #expect(news.take(status) == ["service: gives task 3 back"])
        #expect(news.take(status).isEmpty)
    }

    @Test func theSummaryTellsTheTasks() throws {
        var status = status(9, watermark: 0, .stopped)
        status.service = service([0, 5], moves: [])
        #expect(RunSummary(name: "shop").text(status).hasPrefix("shop: 9 events so far by tasks 0 5 of 8 ("))
        let text = RunSummary(name: "shop").json(status)
        #expect(text.contains("\"service\":{\"name\":\"shop\",\"tasks\":8,\"own\":[0,5],\"processes\":2}"))
    }
}
