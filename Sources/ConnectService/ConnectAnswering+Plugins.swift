import Connectors
import Formats
import HTTP
import Planning

// What there is to make connectors of.
extension ConnectAnswering {
    private var classes: [String] { [ConnectClass.jdbcSinkName] + SinkFactory.served }

    func plugins(_ request: HTTPRequest) -> JSONValue {
        func plugin(_ name: String, _ type: String) -> JSONValue {
            ["class": .string(name), "type": .string(type), "version": .string(configuration.version)]
        }
        var all = classes.map { plugin($0, "sink") }
        if request.query("connectorsOnly")?.lowercased() == "false" {
            all += ConnectSettings.converterNames.map { plugin($0, "converter") }
            all += ConnectSettings.transformNames.map { plugin($0, "transformation") }
            all += ConnectSettings.predicateNames.map { plugin($0, "predicate") }
        }
        return .array(all)
    }

    func pluginConfig(_ name: String) throws(ConnectRefusal) -> JSONValue {
        guard ConnectClass.normalized(name) == ConnectClass.jdbcSink else {
            guard classes.contains(name) else {
                throw ConnectRefusal(404, "Unknown plugin \(name).")
            }
            return []
        }
        return .array(ConnectSettings.jdbcSink.enumerated().map { $1.definition(order: $0) })
    }

    // MARK: Validation

    func validate(_ name: String, _ request: HTTPRequest) throws(ConnectRefusal) -> JSONValue {
        var members = try object(request).members ?? []
        if let given = members.first(where: { $0.name == "connector.class" })?.value.string {
            guard ConnectClass.normalized(given) == ConnectClass.normalized(name) else {
                throw .badRequest("Included connector type \(given) does not match request type \(name)")
            }
        } else {
            members.insert(.init("connector.class", .string(name)), at: 0)
        }
        let connector = members.first { $0.name == "name" }?.value.string
        let configuration = try self.configuration(
            .object(members), named: connector ?? "validated", keepingSecretsOf: nil)
        var faults = ConfigurationFaults(configuration, engine).all
        if connector == nil {
            faults.append(
                .init(
                    setting: "name",
                    text: "Missing required configuration \"name\" which has no default value."))
        }
        return result(name, configuration, connector, faults)
    }

    private func result(
        _ name: String, _ configuration: ConnectConfiguration, _ connector: String?,
        _ faults: [ConfigurationFaults.Fault]
    ) -> JSONValue {
        let isJDBC = ConnectClass.normalized(name) == ConnectClass.jdbcSink
        let known = isJDBC ? ConnectSettings.jdbcSink : []
        let names = known.map(\.name)
        // Settings without a definition, such as those of converters, and what nobody knows, stand behind.
        let others = configuration.settings.filter { !names.contains($0.name) }.map(\.name)
        func value(_ name: String) -> String? {
            name == "name" ? connector : configuration.value(name)
        }
        func errors(_ name: String) -> [String] { faults.filter { $0.setting == name }.map(\.text) }
        var entries = known.enumerated().map { order, setting in
            setting.entry(order: order, value: value(setting.name), errors: errors(setting.name))
        }
        for (index, name) in others.enumerated() {
            let setting = ConnectSetting.undocumented(name)
            entries.append(
                setting.entry(order: known.count + index, value: value(name), errors: errors(name)))
        }
        // What belongs to no setting is told with the class.
        let loose = faults.filter { fault in
            !(names + others).contains(fault.setting ?? "")
        }
        if !loose.isEmpty, let index = (names + others).firstIndex(of: "connector.class") {
            let setting = index < known.count ? known[index] : .undocumented("connector.class")
            entries[index] = setting.entry(
                order: index, value: value("connector.class"),
                errors: errors("connector.class") + loose.map(\.text))
        }
        return [
            "name": .string(name), "error_count": .number(faults.count),
            "groups": .array(ConnectSetting.Group.allCases.map { .string($0.rawValue) }),
            "configs": .array(entries),
        ]
    }
}

extension ConnectSetting {
    func definition(order: Int) -> JSONValue {
        [
            "name": .string(name), "type": .string(kind.rawValue), "required": .boolean(isRequired),
            "default_value": standard.map { .string($0) } ?? .null,
            "importance": .string(importance.rawValue),
            "documentation": .string(isWithoutEffect ? "No effect here. " + documentation : documentation),
            "group": .string(group.rawValue), "width": "MEDIUM", "display_name": .string(title),
            "dependents": [], "order": .number(order),
        ]
    }

    func entry(order: Int, value: String?, errors: [String]) -> JSONValue {
        let shown = (value ?? standard).map { ConnectSettings.shown(name, $0) }
        return [
            "definition": definition(order: order),
            "value": [
                "name": .string(name), "value": shown.map { .string($0) } ?? .null,
                "recommended_values": .array(values.map { .string($0) }),
                "errors": .array(errors.map { .string($0) }), "visible": true,
            ],
        ]
    }
}
