import Glibc

/// How much a test run may take: `MILLRACE_FULL=1` asks for the slow cases too.
public enum Effort {
    public static let isFull = getenv("MILLRACE_FULL").map { String(cString: $0) } == "1"
}
