import HTTP
import Runtime

/// `GET /metrics`: queries, requests and the process as Prometheus reads them.
struct MetricsEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let snapshot = context.engine.snapshot
        var metrics = MetricsText()
        addQueries(snapshot.queries + snapshot.connectors, to: &metrics)
        addTopics(snapshot, to: &metrics)
        addRequests(context, snapshot, to: &metrics)
        addProcess(context, to: &metrics)
        return HTTPResponse(contentType: MediaType.metrics, text: metrics.text)
    }

    // MARK: Queries

    private typealias Standing = EngineSnapshot.Standing

    private func addQueries(_ standings: [Standing], to metrics: inout MetricsText) {
        metrics.begin("millrace_query_state", .gauge, "1 for the state that a query is in.")
        for standing in standings {
            metrics.add(
                "millrace_query_state", [("query", standing.id), ("state", standing.state.rawValue)], "1")
        }
        func each(
            _ name: String, _ kind: MetricsText.Kind, _ help: String, _ value: (PipelineStatus) -> String
        ) {
            metrics.begin(name, kind, help)
            for standing in standings { metrics.add(name, [("query", standing.id)], value(standing.status)) }
        }
        each("millrace_query_epochs_total", .counter, "Epochs that a query has committed.") {
            String($0.committedEpochs)
        }
        each("millrace_query_epoch_milliseconds", .gauge, "How long the last epoch took.") {
            String($0.lastEpochMilliseconds)
        }
        each("millrace_query_commit_milliseconds", .gauge, "How long the last epoch's commit took.") {
            String($0.lastCommitMilliseconds)
        }
        each("millrace_query_state_bytes", .gauge, "What a query keeps in its state.") {
            String($0.stateBytes)
        }
        addSources(standings, to: &metrics)
        addRelations(standings, to: &metrics)
    }

    private func addSources(_ standings: [Standing], to metrics: inout MetricsText) {
        func each(
            _ name: String, _ kind: MetricsText.Kind, _ help: String,
            _ value: (PipelineStatus.SourceCount) -> String?
        ) {
            metrics.begin(name, kind, help)
            for standing in standings {
                for source in standing.status.sources {
                    guard let text = value(source) else { continue }
                    metrics.add(name, [("query", standing.id), ("source", source.name)], text)
                }
            }
        }
        each("millrace_query_records_total", .counter, "Records that a query has read.") {
            String($0.records)
        }
        each("millrace_query_bytes_total", .counter, "Bytes that a query has read.") { String($0.bytes) }
        each("millrace_query_lag_bytes", .gauge, "Bytes that are there and not yet read.") {
            String($0.lagBytes)
        }
        each("millrace_query_dead_letters_total", .counter, "Records that could not be processed.") {
            String($0.deadLetters)
        }
        let reasons = "millrace_query_dead_letter_reasons_total"
        metrics.begin(reasons, .counter, "Records that could not be processed, since the server began.")
        for standing in standings {
            for source in standing.status.sources {
                let labels = [("query", standing.id), ("source", source.name)]
                for (reason, count) in source.deadLetterReasons.sorted(by: { $0.key < $1.key }) {
                    metrics.add(reasons, labels + [("reason", reason)], String(count))
                }
            }
        }
        each("millrace_query_watermark_milliseconds", .gauge, "Event time that a query has reached.") {
            $0.watermark.map { String($0) }
        }
    }

    private func addRelations(_ standings: [Standing], to metrics: inout MetricsText) {
        func each(_ name: String, _ help: String, _ value: (PipelineStatus.RelationCount) -> Int64) {
            metrics.begin(name, .counter, help)
            for standing in standings {
                for relation in standing.status.relations {
                    let labels = [("query", standing.id), ("relation", relation.name)]
                    metrics.add(name, labels.map { (name: $0.0, value: $0.1) }, String(value(relation)))
                }
            }
        }
        each("millrace_query_rows_total", "Rows of a stream, or changes of a table.") { $0.rows }
        each("millrace_query_late_total", "Rows that came too late for their window.") { $0.late }
        each("millrace_query_duplicates_total", "Rows that had come before.") { $0.duplicates }
    }

    // MARK: Topics, requests, process

    private func addTopics(_ snapshot: EngineSnapshot, to metrics: inout MetricsText) {
        let name = "millrace_topic_records"
        metrics.begin(name, .gauge, "Records that a topic holds.")
        for topic in snapshot.topics {
            for (partition, count) in topic.counts.enumerated() {
                metrics.add(name, [("topic", topic.name), ("partition", String(partition))], String(count))
            }
        }
    }

    private func addRequests(
        _ context: RESTContext, _ snapshot: EngineSnapshot, to metrics: inout MetricsText
    ) {
        let kinds = RequestTally.Kind.allCases.map { (kind: $0, latencies: context.tally[$0]) }
        let name = "millrace_request_seconds"
        metrics.begin(name, .histogram, "How long requests took; of a push query, to its start.")
        for (kind, latencies) in kinds {
            var count = 0
            let bounds = RequestTally.Latencies.bounds.map { String($0) } + ["+Inf"]
            for (bound, within) in zip(bounds, latencies.counts) {
                count += within
                metrics.add(name + "_bucket", [("kind", kind.rawValue), ("le", bound)], String(count))
            }
            metrics.add(name + "_sum", [("kind", kind.rawValue)], String(latencies.seconds))
            metrics.add(name + "_count", [("kind", kind.rawValue)], String(latencies.count))
        }
        metrics.begin("millrace_request_errors_total", .counter, "Requests that were refused.")
        for (kind, latencies) in kinds {
            metrics.add(
                "millrace_request_errors_total", [("kind", kind.rawValue)], String(latencies.errors))
        }
        metrics.begin("millrace_request_rows_total", .counter, "Rows that answers held, or that came in.")
        for (kind, latencies) in kinds {
            metrics.add("millrace_request_rows_total", [("kind", kind.rawValue)], String(latencies.rows))
        }
        metrics.add(
            "millrace_push_queries", .gauge, "Push queries at work.", String(snapshot.pushQueries.count))
        metrics.add(
            "millrace_push_waiting_bytes", .gauge, "Bytes that clients of push queries have not taken yet.",
            String(context.answers.waitingBytes))
        metrics.add(
            "millrace_refused_statements", .gauge,
            "Statements of earlier runs that could not be taken up at the start.",
            String(snapshot.refused.count))
    }

    private func addProcess(_ context: RESTContext, to metrics: inout MetricsText) {
        let figures = ProcessFigures()
        metrics.add(
            "process_resident_memory_bytes", .gauge, "Memory of the process.",
            String(figures.residentBytes))
        metrics.add(
            "process_cpu_seconds_total", .counter, "Processor time of the process.",
            String(figures.processorSeconds))
        metrics.add("process_open_fds", .gauge, "Open files and connections.", String(figures.openFiles))
        metrics.begin("millrace_info", .gauge, "The program's version.")
        metrics.add("millrace_info", [("version", context.configuration.version)], "1")
    }
}
