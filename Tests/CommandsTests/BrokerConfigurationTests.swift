import Diagnostics
import Testing

@testable import Commands

/// What `millrace broker` is told of bearer tokens.
@Suite struct BrokerConfigurationTests {
    private func configuration(_ settings: String) throws -> BrokerConfiguration {
        let arguments = try ArgumentParser.parse([], as: BrokerCommand.description, environment: { _ in nil })
        return try BrokerConfiguration(arguments, SettingsFile("broker.conf", text: settings))
    }

    @Test func tokensAreTakenAsTheFileSays() throws {
        let told = try configuration(
            "oauth.keys = jwks.json\noauth.issuer = https://i\noauth.audience = kafka\noauth.principal = name\n"
        )
        let settings = try told.settings { _ in }
        #expect(settings.tokens?.keys == "jwks.json")
        #expect(settings.tokens?.issuer == "https://i")
        #expect(settings.tokens?.audience == "kafka")
        #expect(settings.tokens?.principalClaim == "name")
        #expect(settings.tokens?.takesUnsigned == false)
        #expect(told.isProtected)
        #expect(try configuration("").settings { _ in }.tokens == nil)
    }

    @Test func tokensThatNobodySignsProtectNothingAndGoWithNoKeys() throws {
        let told = try configuration("oauth.unsigned = true\nuser.anna = pencil\n")
        #expect(try told.settings { _ in }.tokens?.takesUnsigned == true)
        #expect(!told.isProtected)
        for wrong in [
            "oauth.unsigned = true\noauth.keys = jwks.json\n", "oauth.audience = kafka\n",
            "oauth.unsigned = yes\n",
        ] {
            #expect(throws: Diagnostic.self) { try configuration(wrong) }
        }
    }
}
