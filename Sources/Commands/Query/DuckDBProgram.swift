import Diagnostics
import Glibc
import Storage

/// DuckDB's command line, the engine of ad-hoc queries.
enum DuckDBProgram {
    /// The program's path: beside this program, in PATH, or in the libraries' folder of a checkout.
    static func find(_ console: Console, checkout: String = ".") throws(Diagnostic) -> String {
        var places: [String] = []
        if let executable = console.executable {
            places.append(Path.join(Path.directory(of: executable), "duckdb"))
        }
        for folder in (console.environment("PATH") ?? "").split(separator: ":") {
            places.append(Path.join(String(folder), "duckdb"))
        }
        places += [".deps/bin/duckdb", ".deps/venv/bin/duckdb"].map { Path.join(checkout, $0) }
        for place in places where access(place, X_OK) == 0 { return place }
        throw Diagnostic(
            .notFound, "DuckDB's command line is not there, which answers ad-hoc queries",
            expected: "a program duckdb beside millrace, in PATH, or at .deps/bin/duckdb",
            hint: "run scripts/setup, or install it: pip install duckdb-cli")
    }
}
