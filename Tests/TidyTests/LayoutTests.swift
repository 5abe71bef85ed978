import Foundation
import Testing

/// The style guide as a test: what a reviewer need not look for.
@Suite struct LayoutTests {
    @Test func `the package stands where the tests look for it`() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        #expect(FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path))
    }
}
