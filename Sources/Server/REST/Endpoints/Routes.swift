import HTTP

/// Which endpoint a path belongs to.
enum Routes {
    private struct Route {
        let method: String
        let path: String
        let endpoint: any Endpoint.Type
        /// Whether further parts of a path may follow.
        var isPrefix = false
        /// Whether requests are answered while their body still comes.
        var streamsBody = false
    }

    private static let routes = [
        Route(method: "GET", path: "/", endpoint: RootEndpoint.self),
        Route(method: "GET", path: "/info", endpoint: InfoEndpoint.self),
        Route(method: "GET", path: "/healthcheck", endpoint: HealthEndpoint.self),
        Route(method: "GET", path: "/clusterStatus", endpoint: ClusterStatusEndpoint.self),
        Route(method: "GET", path: "/status", endpoint: StatusEndpoint.self, isPrefix: true),
        Route(method: "GET", path: "/is_valid_property", endpoint: PropertyEndpoint.self, isPrefix: true),
        Route(method: "GET", path: "/v1/metadata", endpoint: MetadataEndpoint.self, isPrefix: true),
        Route(method: "GET", path: "/metrics", endpoint: MetricsEndpoint.self),
        Route(method: "POST", path: "/ksql", endpoint: StatementsEndpoint.self),
        Route(method: "POST", path: "/query", endpoint: QueryEndpoint.self),
        Route(method: "POST", path: "/query-stream", endpoint: QueryStreamEndpoint.self),
        Route(method: "GET", path: "/ws", endpoint: WebSocketEndpoint.self, isPrefix: true),
        Route(method: "POST", path: "/close-query", endpoint: CloseQueryEndpoint.self),
        Route(
            method: "POST", path: "/inserts-stream", endpoint: InsertsEndpoint.self, streamsBody: true),
        Route(method: "POST", path: "/terminate", endpoint: TerminateEndpoint.self),
        Route(method: "POST", path: "/ksql/terminate", endpoint: TerminateEndpoint.self),
    ]

    static func streamsBody(_ method: String, _ path: String) -> Bool {
        routes.contains { $0.streamsBody && $0.path == path && $0.method == method }
    }

    static func endpoint(for request: HTTPRequest) throws(ErrorReply) -> any Endpoint {
        let found = routes.filter {
            $0.path == request.path || $0.isPrefix && request.path.hasPrefix($0.path + "/")
        }
        guard let first = found.first else {
            let paths = routes.filter { $0.endpoint != WebSocketEndpoint.self }.map(\.path).joined(
                separator: ", ")
            throw ErrorReply(.notFound, "there is no endpoint \(request.path)\nthere are: \(paths)")
        }
        guard let route = found.first(where: { $0.method == request.method }) else {
            throw ErrorReply(
                .methodNotAllowed, "\(request.path) takes \(first.method), not \(request.method)")
        }
        return route.endpoint.init()
    }
}
