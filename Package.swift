// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // Tests run with the checks of exclusive access at run time; in the release program they would take
    // 4 % of the time.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

// Targets stand in dependency order: each imports only what is listed above it. The tidy test holds
// every `import` in the sources against this list.
let package = Package(
    name: "millrace",
    products: [.executable(name: "millrace", targets: ["millrace"])],
    targets: [
        // C and C++ libraries, one thin target each.
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(
            name: "CMicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(
            name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .target(name: "CChecksum"),
        // Loaded at first use: see their sources.
        .target(name: "CCurl"),
        .target(name: "CEdit"),
        .target(name: "CLibpq"),
        .target(name: "CTLS"),
        .target(name: "CLibrdkafka"),
        .systemLibrary(name: "CArrow", pkgConfig: "millrace-arrow"),
        .target(name: "CParquet", dependencies: ["CArrow"], cxxSettings: [.define("NDEBUG")]),

        // What is wrong, where, what was expected and what to do next: the one error every surface prints.
        .target(name: "Diagnostics", swiftSettings: house),
        // Types, buffers, columns, batches: the Arrow layout in memory.
        .target(name: "Columnar", dependencies: ["Diagnostics"], swiftSettings: house),
        // Files that outlive a crash: file system and object store, local and simulated.
        .target(name: "Storage", dependencies: ["Diagnostics"], swiftSettings: house),
        // Bytes into batches and back: JSON, CSV, LINES, KAFKA.
        .target(name: "Formats", dependencies: ["Diagnostics", "Columnar"], swiftSettings: house),
        // Schemas by subject, version and id: what messages were written with, and what may come next.
        .target(name: "Registry", dependencies: ["Diagnostics", "Storage", "Formats"], swiftSettings: house),
        // Batches into Parquet bytes and back, through Arrow.
        .target(
            name: "Parquet", dependencies: ["Diagnostics", "Columnar", "CParquet"], swiftSettings: house),
        // SQL text into a syntax tree with positions.
        .target(name: "Language", dependencies: ["Diagnostics"], swiftSettings: house),
        // Typed expressions over columns: scalar functions, casts, aggregate functions.
        .target(
            name: "Expressions", dependencies: ["Diagnostics", "Columnar", "Formats"], swiftSettings: house),
        // Syntax tree into a typed plan; EXPLAIN.
        .target(
            name: "Planning",
            dependencies: ["Diagnostics", "Columnar", "Formats", "Registry", "Language", "Expressions"],
            swiftSettings: house),
        // The keyed-state store: hash tables over immutable runs, persisted by epoch.
        .target(
            name: "State", dependencies: ["Diagnostics", "Columnar", "Storage"], swiftSettings: house),
        // Operators, time, epochs, tasks.
        .target(
            name: "Runtime",
            dependencies: [
                "Diagnostics", "Columnar", "Storage", "Formats", "Registry", "Expressions", "Planning",
                "State",
            ],
            swiftSettings: house),

        // Beside the pipeline and knowing nothing of it.
        // The Delta table protocol.
        .target(
            name: "DeltaLake", dependencies: ["Diagnostics", "Columnar", "Storage", "Formats", "Parquet"],
            swiftSettings: house),
        // PostgreSQL by its own client library: connections, COPY, rows and epochs in one transaction.
        .target(
            name: "Postgres", dependencies: ["Diagnostics", "Columnar", "Formats", "CLibpq"],
            swiftSettings: house),
        // Sockets that listen.
        .target(name: "Sockets", dependencies: ["Diagnostics"], swiftSettings: house),
        // Requests and answers over HTTP, whole or as streams.
        .target(
            name: "HTTP",
            dependencies: [
                "Diagnostics", "Sockets", "Formats", "CMicrohttpd", "CNghttp2", "CGnuTLS", "CEpoll",
            ],
            swiftSettings: house),
        // Requests to servers over HTTP, by libcurl.
        .target(name: "HTTPClient", dependencies: ["CCurl"], swiftSettings: house),
        // Kafka clusters by librdkafka: consumers, transactional producers, topics.
        .target(
            name: "Kafka", dependencies: ["Diagnostics", "Formats", "HTTPClient", "CLibrdkafka"],
            swiftSettings: house),
        // A registry of schemas somewhere else, asked over HTTP.
        .target(
            name: "RegistryClient", dependencies: ["Diagnostics", "Formats", "Registry", "HTTPClient"],
            swiftSettings: house),
        // The embedded Kafka-protocol broker: record batches, logs of partitions, topics, messages.
        .target(
            name: "Broker",
            dependencies: [
                "Diagnostics", "Sockets", "Storage", "Formats", "CChecksum", "CEpoll", "CTLS", "CZlib",
                "CSnappy", "CLZ4", "CZstd",
            ],
            swiftSettings: house),
        // Shops that make events, reproducible from a seed.
        .target(name: "Simulation", dependencies: ["Diagnostics"], swiftSettings: house),

        // Sources and sinks.
        .target(
            name: "Connectors",
            dependencies: [
                "Diagnostics", "Columnar", "Storage", "Formats", "Registry", "Planning", "Runtime",
                "DeltaLake",
                "Postgres", "Broker", "Kafka",
                "CZstd", "CZlib", "CSnappy",
            ],
            swiftSettings: house),
        // Tests of pipelines: statements, records that go in and records that must come out.
        .target(
            name: "TestRunner",
            dependencies: [
                "Diagnostics", "Columnar", "Storage", "Formats", "Registry", "Language", "Expressions",
                "Planning", "Runtime", "Connectors",
            ],
            swiftSettings: house),
        // The long-running server: statements that come one by one, their queries at work, answers over HTTP.
        .target(
            name: "Server",
            dependencies: [
                "Diagnostics", "Columnar", "Storage", "Formats", "Registry", "Language", "Expressions",
                "Planning", "State", "Runtime", "Connectors", "Broker", "HTTP",
            ],
            swiftSettings: house),
        // The registry over HTTP, as Confluent's clients ask it.
        .target(
            name: "RegistryService",
            dependencies: ["Diagnostics", "Formats", "Registry", "Runtime", "HTTP"], swiftSettings: house),
        // The engine's connectors over HTTP, as Kafka Connect's clients ask for them.
        .target(
            name: "ConnectService",
            dependencies: [
                "Diagnostics", "Formats", "Language", "Planning", "Runtime", "Connectors", "HTTP", "Server",
            ],
            swiftSettings: house),
        // The interactive shell: a client of ksqlDB's REST API, and answers drawn for a terminal.
        .target(
            name: "Shell",
            dependencies: ["Diagnostics", "Formats", "Language", "Expressions", "HTTPClient", "CEdit"],
            swiftSettings: house),
        // One type per command of `millrace`.
        .target(
            name: "Commands",
            dependencies: [
                "Diagnostics", "Columnar", "Storage", "Formats", "Language", "Expressions", "Planning",
                "State", "Runtime", "DeltaLake", "Postgres", "Kafka", "Broker", "Simulation", "Connectors",
                "TestRunner", "Server", "ConnectService", "Registry", "RegistryService", "RegistryClient",
                "HTTP", "Shell",
            ],
            swiftSettings: house),
        .executableTarget(
            name: "millrace", dependencies: ["Commands", "CMalloc"], swiftSettings: house),

        // Tests
        // What tests of three targets or more need.
        .target(name: "TestKit", path: "Tests/TestKit", swiftSettings: house),
        .testTarget(name: "TidyTests", exclude: ["unsafe-files.txt"], swiftSettings: house),
        .testTarget(
            name: "DiagnosticsTests", dependencies: ["TestKit", "Diagnostics"], swiftSettings: house),
        .testTarget(
            name: "HTTPTests", dependencies: ["Diagnostics", "HTTP", "CNghttp2"], swiftSettings: house),
        .testTarget(name: "ColumnarTests", dependencies: ["TestKit", "Columnar"], swiftSettings: house),
        .testTarget(name: "StorageTests", dependencies: ["Storage"], swiftSettings: house),
        .testTarget(
            name: "FormatsTests", dependencies: ["TestKit", "Formats", "Columnar", "Diagnostics"],
            exclude: ["Avro/avro_oracle.py"], swiftSettings: house),
        .testTarget(
            name: "RegistryTests",
            dependencies: ["TestKit", "Registry", "Formats", "Storage", "Diagnostics"],
            exclude: ["avro_pairs.py"], swiftSettings: house),
        .testTarget(
            name: "ParquetTests", dependencies: ["TestKit", "Parquet", "Columnar", "Diagnostics"],
            swiftSettings: house),
        .testTarget(
            name: "LanguageTests", dependencies: ["TestKit", "Diagnostics", "Language"], exclude: ["Golden"],
            swiftSettings: house),
        .testTarget(
            name: "ExpressionsTests", dependencies: ["TestKit", "Expressions", "Columnar", "Diagnostics"],
            swiftSettings: house),
        .testTarget(
            name: "PlanningTests",
            dependencies: ["Planning", "Registry", "Language", "Columnar", "Diagnostics", "Expressions"],
            exclude: ["Golden"], swiftSettings: house),
        .testTarget(
            name: "StateTests", dependencies: ["State", "Storage", "Columnar"], swiftSettings: house),
        .testTarget(
            name: "RuntimeTests",
            dependencies: [
                "TestKit", "TestRunner",
                "Runtime", "Connectors", "Planning", "Language", "Expressions", "Formats", "Registry",
                "State",
                "Storage", "Columnar", "Diagnostics",
            ],
            exclude: ["Golden"], swiftSettings: house),
        .testTarget(
            name: "TestRunnerTests",
            dependencies: ["TestKit", "TestRunner", "Runtime", "Formats", "Storage", "Diagnostics"],
            exclude: ["Cases", "Golden"], swiftSettings: house),
        .testTarget(
            name: "DeltaLakeTests",
            dependencies: [
                "TestKit", "DeltaLake", "Parquet", "Storage", "Columnar", "Diagnostics", "Formats",
            ],
            swiftSettings: house),
        .testTarget(
            name: "PostgresTests",
            dependencies: [
                "TestKit", "Postgres", "Connectors", "Runtime", "Planning", "Language", "Storage", "Columnar",
                "Diagnostics", "Server", "ConnectService",
            ],
            swiftSettings: house),
        .testTarget(
            name: "KafkaTests",
            dependencies: [
                "TestKit", "Kafka", "Broker", "Connectors", "Runtime", "Planning", "Language", "Registry",
                "Formats", "Storage", "Columnar", "Diagnostics",
            ],
            swiftSettings: house),
        .testTarget(
            name: "BrokerTests", dependencies: ["TestKit", "Broker", "Storage", "Diagnostics", "CChecksum"],
            swiftSettings: house),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "Diagnostics"], swiftSettings: house),
        .testTarget(
            name: "ConnectorsTests",
            dependencies: [
                "TestKit", "Connectors", "Planning", "Language", "Runtime", "Formats", "Storage", "Columnar",
                "Diagnostics", "Registry", "Broker", "CZlib", "CZstd",
            ],
            exclude: ["Files/avro_files.py"], swiftSettings: house),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "TestKit", "Server", "RegistryService", "Registry", "Broker", "HTTP", "Planning", "Language",
                "Runtime", "Formats", "Storage", "Columnar", "Diagnostics",
            ],
            exclude: ["REST/Golden", "REST/rest_clients.py", "Engine/registry_producer.py"],
            swiftSettings: house),
        .testTarget(
            name: "RegistryClientTests",
            dependencies: [
                "RegistryClient", "RegistryService", "Registry", "HTTP", "Formats", "Diagnostics",
            ],
            swiftSettings: house),
        .testTarget(
            name: "RegistryServiceTests",
            dependencies: [
                "TestKit", "RegistryService", "Registry", "HTTP", "Formats", "Storage", "Diagnostics",
            ],
            exclude: ["registry_clients.py"], swiftSettings: house),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "TestKit",
                "Commands", "Diagnostics", "Simulation", "Runtime", "DeltaLake", "Storage", "Formats",
                "TestRunner",
            ],
            exclude: ["Golden", "make_lake.py", "make_table.py"], swiftSettings: house),
        .testTarget(
            name: "ShellTests", dependencies: ["Shell", "HTTP", "Formats", "Language", "Diagnostics"],
            exclude: ["Golden"], swiftSettings: house),
        .testTarget(
            name: "CrashTests",
            dependencies: [
                "TestKit",
                "Runtime", "Connectors", "DeltaLake", "Planning", "Language", "State", "Storage", "Columnar",
                "Diagnostics",
            ],
            swiftSettings: house),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestKit"], exclude: ["Golden"], swiftSettings: house),
    ],
    cxxLanguageStandard: .cxx20
)
