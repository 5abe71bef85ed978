/// How many failing rows a rule takes before it warns or fails.
public struct RuleLimits: Hashable, Sendable {
    /// As many rows, or such a share of those that were checked.
    public enum Bound: Hashable, Sendable {
        case rows(Int64)
        case share(Double)

        func isExceeded(failing: Int64, checked: Int64) -> Bool {
            switch self {
            case .rows(let limit): return failing > limit
            case .share(let limit): return checked > 0 && Double(failing) > limit * Double(checked)
            }
        }

        var text: String {
            switch self {
            case .rows(let limit): return limit == 1 ? "1 row" : "\(limit) rows"
            case .share(let limit): return "\(Self.percent(limit)) %"
            }
        }

        /// With as many places as it needs, at most four.
        private static func percent(_ share: Double) -> String {
            let scaled = Int64((share * 1_000_000).rounded())
            var places = String(scaled % 10_000)
            places = String(repeating: "0", count: 4 - places.utf8.count) + places
            while places.hasSuffix("0") { places.removeLast() }
            return places.isEmpty ? String(scaled / 10_000) : "\(scaled / 10_000).\(places)"
        }
    }

    /// Above it the rule warns; nil never warns.
    public let warning: Bound?
    /// Above it the rule fails; nil never fails.
    public let failure: Bound?

    public init(warning: Bound?, failure: Bound?) {
        self.warning = warning
        self.failure = failure
    }

    public func status(failing: Int64, checked: Int64) -> RuleStatus {
        if failure?.isExceeded(failing: failing, checked: checked) == true { return .fail }
        if warning?.isExceeded(failing: failing, checked: checked) == true { return .warn }
        return .pass
    }

    /// Such as `, fails above 5 %, warns above 0.5 %`; empty where every row must pass.
    var text: String {
        switch (warning, failure) {
        case (nil, .rows(0)?): return ""
        case (let warning?, let failure?): return ", fails above \(failure.text), warns above \(warning.text)"
        case (nil, let failure?): return ", fails above \(failure.text)"
        case (let warning?, nil): return ", warns above \(warning.text)"
        case (nil, nil): return ""
        }
    }
}
