/// Kafka Connect's classes that are understood here.
public enum ConnectClass {
    /// `io.confluent.connect.jdbc.JdbcSinkConnector`, as the plan has it.
    public static let jdbcSink = "io.confluent.connect.jdbc.jdbcsinkconnector"
    /// The same, as its users write it.
    public static let jdbcSinkName = "io.confluent.connect.jdbc.JdbcSinkConnector"

    /// Kafka Connect finds a class by its last part, too, with `Connector` at the end or without.
    private static let jdbcNames = [jdbcSink, "jdbcsinkconnector", "jdbcsink"]

    /// The class as the plan has it.
    public static func normalized(_ name: String) -> String {
        let name = name.lowercased()
        return jdbcNames.contains(name) ? jdbcSink : name
    }
}
