import Formats
import Glibc
import HTTP

/// `GET /clusterStatus`: this server, which is its whole cluster, and which tables' rows it has.
struct ClusterStatusEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let snapshot = context.engine.snapshot
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
        let tables = snapshot.plan.queries.filter { $0.output.kind == .table }
        let stores = tables.map { query -> JSONValue.Member in
            .init(
                query.id,
                [
                    "activeStores": [.string(query.output.name)], "activePartitions": [],
                    "standByStores": [], "standByPartitions": [],
                ])
        }
        let status: JSONValue = [
            "clusterStatus": .object([
                .init(
                    context.address,
                    [
                        "hostAlive": true, "lastStatusUpdateMs": .number(milliseconds),
                        "activeStandbyPerQuery": .object(stores),
                        "hostStoreLags": ["stateStoreLags": [:], "updateTimeMs": .number(milliseconds)],
                    ])
            ])
        ]
        return HTTPResponse(json: status.text, for: request)
    }
}
