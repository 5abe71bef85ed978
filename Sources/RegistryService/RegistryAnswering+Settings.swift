import Diagnostics
import Formats
import Registry

// Levels and modes.
extension RegistryAnswering {
    func config(
        _ method: String, _ subject: String?, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> JSONValue? {
        switch method {
        case "GET":
            let own = subject.map { registry.ownLevel($0) } ?? registry.level()
            let normalizes = registry.normalizes(subject)
            let isOwn = own != nil || normalizes != nil
            guard isOwn || question.isSet("defaultToGlobal") else {
                throw RegistryRefusal(
                    404, 40408,
                    "Subject '\(subject ?? "")' does not have subject-level compatibility configured")
            }
            return Self.config("compatibilityLevel", own ?? registry.level(), normalizes)
        case "PUT":
            let body = try question.object()
            try refuseOthers(in: body, but: ["compatibility", "normalize"])
            let level = try RegistryQuestion.text("compatibility", in: body)
                .map { text throws(RegistryRefusal) in try Self.level(text) }
            let normalizes = try RegistryQuestion.flag("normalize", in: body)
            guard level != nil || normalizes != nil else {
                throw RegistryRefusal(
                    422, 42203, "Invalid compatibility level: the request has no \"compatibility\"")
            }
            try keeping { () throws(Diagnostic) in
                if let level { try registry.setLevel(level, subject: subject) }
                if let normalizes { try registry.setNormalizing(normalizes, subject: subject) }
            }
            return Self.config("compatibility", level, normalizes)
        case "DELETE":
            let own = subject.map { registry.ownLevel($0) } ?? registry.level()
            let normalizes = registry.normalizes(subject)
            if let subject, own == nil, normalizes == nil {
                throw RegistryRefusal(.subjectNotFound(subject))
            }
            try keeping { () throws(Diagnostic) in
                try registry.clearLevel(subject: subject)
                try registry.setNormalizing(nil, subject: subject)
            }
            return Self.config("compatibilityLevel", own, normalizes)
        default: return nil
        }
    }

    private static func config(
        _ name: String, _ level: CompatibilityLevel?, _ normalizes: Bool?
    ) -> JSONValue {
        var members: [JSONValue.Member] = []
        if let level { members.append(.init(name, .string(level.rawValue))) }
        if let normalizes, normalizes { members.append(.init("normalize", true)) }
        return .object(members)
    }

    private static func level(_ text: String) throws(RegistryRefusal) -> CompatibilityLevel {
        guard let level = CompatibilityLevel(rawValue: text.uppercased()) else {
            let known = CompatibilityLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw RegistryRefusal(
                422, 42203, "Invalid compatibility level. Valid values are \(known)")
        }
        return level
    }

    /// What this registry does not keep is refused, not forgotten.
    private func refuseOthers(in body: JSONValue, but known: [String]) throws(RegistryRefusal) {
        for member in body.members ?? [] where !known.contains(member.name) && !member.value.isNull {
            throw .unprocessable("Unrecognized field: \(member.name)")
        }
    }

    private func keeping(_ body: () throws(Diagnostic) -> Void) throws(RegistryRefusal) {
        do throws(Diagnostic) { try body() } catch { throw RegistryRefusal(.storage(error)) }
    }

    func mode(
        _ method: String, _ subject: String?, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> JSONValue? {
        switch method {
        case "GET":
            if let subject, registry.ownMode(subject) == nil, !question.isSet("defaultToGlobal") {
                throw RegistryRefusal(
                    404, 40409, "Subject '\(subject)' does not have subject-level mode configured")
            }
            return ["mode": .string(registry.mode(subject).rawValue)]
        case "PUT":
            let body = try question.object()
            try refuseOthers(in: body, but: ["mode"])
            let text = try RegistryQuestion.text("mode", in: body) ?? ""
            guard let mode = RegistryMode(rawValue: text.uppercased()) else {
                let known = RegistryMode.allCases.map(\.rawValue).joined(separator: ", ")
                throw RegistryRefusal(422, 42204, "Invalid mode. Valid values are \(known)")
            }
            if mode == .readOnlyOverride, subject != nil {
                throw RegistryRefusal(422, 42204, "Invalid mode: READONLY_OVERRIDE is for the whole registry")
            }
            try asking { () throws(RegistryError) in
                try registry.setMode(mode, subject: subject, isForced: question.isSet("force"))
            }
            return ["mode": .string(mode.rawValue)]
        case "DELETE":
            let own = subject.map { registry.ownMode($0) } ?? registry.mode()
            guard let own else { throw RegistryRefusal(.subjectNotFound(subject ?? "")) }
            try keeping { () throws(Diagnostic) in try registry.clearMode(subject: subject) }
            return ["mode": .string(own.rawValue)]
        default: return nil
        }
    }
}
