import Diagnostics
import Language
import Planning
import Server

/// All that is wrong with a configuration, setting by setting.
///
/// A check ends at the first fault; it is made again without the setting at fault, as long as there is one
/// that can be left out.
struct ConfigurationFaults {
    struct Fault {
        /// nil where no setting is at fault.
        let setting: String?
        let text: String
    }

    private(set) var all: [Fault] = []

    init(_ configuration: ConnectConfiguration, _ engine: Engine) {
        var left = configuration
        // Each turn takes a setting away.
        for _ in 0...configuration.settings.count {
            do throws(Diagnostic) {
                try engine.check([left.replacement], Session())
                return
            } catch {
                let setting = error.location.flatMap { left.setting(at: $0.offset) }
                let isRequired = ConnectSettings.isRequired(setting?.name ?? "")
                if !all.contains(where: { $0.text == error.withoutPlace }) {
                    all.append(Fault(setting: setting?.name ?? Self.missing(error), text: error.withoutPlace))
                }
                guard let setting, !isRequired else { return }
                left = left.without(setting.name)
            }
        }
    }

    /// The setting that has to be there and is not.
    private static func missing(_ error: Diagnostic) -> String? {
        guard error.code == .missingProperty else { return nil }
        return ConnectSettings.jdbcSink.map(\.name).first { error.message.contains("'\($0)'") }
    }
}
