import Foundation

/// How much a test run may take: `MILLRACE_FULL=1` asks for the slow cases too.
enum Effort {
    static let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"
}
