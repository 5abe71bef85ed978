import Diagnostics
import Language
import Planning

/// A small medallion pipeline that holds one of each: appends with and without partitions, deduplication,
/// windows that tumble and windows that grow, rows that come and go, exact distinct counts, and results that
/// are given once.
enum ShopPipeline {
    static let statements = """
        CREATE STREAM raw_events (
          event_id STRING, event_type STRING, user_id STRING, session_id STRING, product_id STRING,
          price STRING, quantity STRING, device STRING, timestamp STRING
        ) WITH (
          connector = 'files', path = '${raw}', value_format = 'JSON', on_error = 'keep',
          timestamp = 'timestamp', watermark_delay = '10 minutes', max_future = '1 day');

        CREATE STREAM bronze_events AS
          SELECT FROM_BYTES(ROWRAW, 'utf8') AS raw,
            CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL THEN ROWRAW END AS raw_bytes,
            FROM_UNIXTIME(UNIX_TIMESTAMP()) AS ingestion_timestamp,
            ROWSOURCE AS source_file, ROWOFFSET AS source_offset
          FROM raw_events;

        CREATE STREAM checked_events AS
          SELECT event_id, LCASE(TRIM(event_type)) AS event_type, user_id, session_id, product_id,
            CAST(price AS DECIMAL(18, 4)) AS price, CAST(quantity AS INTEGER) AS quantity,
            COALESCE(device, 'unknown') AS device,
            CASE
              WHEN ROWERROR IS NOT NULL THEN ROWERROR
              WHEN event_id IS NULL OR TRIM(event_id) = '' THEN 'event_id is missing'
              WHEN LCASE(TRIM(event_type)) NOT IN ('page_view', 'add_to_cart', 'purchase', 'search')
                THEN 'event_type is not known'
              WHEN user_id IS NULL OR session_id IS NULL THEN 'user or session is missing'
              WHEN price IS NOT NULL AND CAST(price AS DECIMAL(18, 4)) IS NULL THEN 'price is not a number'
              WHEN CAST(price AS DECIMAL(18, 4)) < 0 THEN 'price is negative'
            END AS reason
          FROM raw_events;

        CREATE STREAM dead_letters AS
          SELECT ROWRAW AS raw_bytes, ROWSOURCE AS source_file, ROWOFFSET AS source_offset, reason,
            FROM_UNIXTIME(UNIX_TIMESTAMP()) AS ingestion_timestamp
          FROM checked_events WHERE reason IS NOT NULL;

        CREATE STREAM silver_events AS
          SELECT event_id, event_type, user_id, session_id, product_id, price, quantity, device,
            FROM_UNIXTIME(ROWTIME) AS event_timestamp, CAST(FROM_UNIXTIME(ROWTIME) AS DATE) AS event_date,
            price * COALESCE(quantity, 1) AS total_amount
          FROM checked_events WHERE reason IS NULL
          DEDUPLICATE BY event_id WITHIN 10 MINUTES;

        CREATE TABLE revenue AS
          SELECT product_id, SUM(total_amount) AS total_revenue, COUNT(*) AS purchase_count,
            LATEST_BY_OFFSET(event_id) AS last_event
          FROM silver_events WINDOW TUMBLING (SIZE 5 MINUTES, GRACE PERIOD 0 SECONDS)
          WHERE event_type = 'purchase' GROUP BY product_id EMIT CHANGES;

        CREATE TABLE newcomers AS
          SELECT user_id, COUNT(*) AS event_count
          FROM silver_events WINDOW TUMBLING (SIZE 10 MINUTES, GRACE PERIOD 0 SECONDS)
          GROUP BY user_id HAVING COUNT(*) < 4 EMIT CHANGES;

        CREATE TABLE visits AS
          SELECT session_id, COUNT(*) AS event_count, MIN(event_timestamp) AS begun
          FROM silver_events WINDOW SESSION (2 MINUTES, GRACE PERIOD 1 MINUTE)
          GROUP BY session_id EMIT CHANGES;

        CREATE TABLE engagement AS
          SELECT event_date, COUNT(*) AS events, COUNT_DISTINCT(user_id) AS users,
            COUNT_DISTINCT(session_id) AS sessions
          FROM silver_events WINDOW TUMBLING (SIZE 1 DAY, GRACE PERIOD 0 SECONDS)
          GROUP BY event_date EMIT CHANGES;

        CREATE TABLE devices AS
          SELECT device, COUNT(*) AS events
          FROM silver_events WINDOW HOPPING (SIZE 10 MINUTES, ADVANCE BY 5 MINUTES, GRACE PERIOD 0 SECONDS)
          GROUP BY device EMIT FINAL;

        CREATE SINK CONNECTOR bronze_lake WITH (
          'connector.class' = 'delta', 'from' = 'bronze_events', 'path' = '${lake}/bronze/events');
        CREATE SINK CONNECTOR dead_letters_lake WITH (
          'connector.class' = 'delta', 'from' = 'dead_letters', 'path' = '${lake}/bronze/dead_letters');
        CREATE SINK CONNECTOR silver_lake WITH (
          'connector.class' = 'delta', 'from' = 'silver_events', 'path' = '${lake}/silver/events',
          'partition.by' = 'event_date', 'file.rows' = '50');
        CREATE SINK CONNECTOR revenue_lake WITH (
          'connector.class' = 'delta', 'from' = 'revenue', 'path' = '${lake}/gold/revenue');
        CREATE SINK CONNECTOR newcomers_lake WITH (
          'connector.class' = 'delta', 'from' = 'newcomers', 'path' = '${lake}/gold/newcomers');
        CREATE SINK CONNECTOR visits_lake WITH (
          'connector.class' = 'delta', 'from' = 'visits', 'path' = '${lake}/gold/visits');
        CREATE SINK CONNECTOR engagement_lake WITH (
          'connector.class' = 'delta', 'from' = 'engagement', 'path' = '${lake}/gold/engagement');
        CREATE SINK CONNECTOR devices_lake WITH (
          'connector.class' = 'delta', 'from' = 'devices', 'path' = '${lake}/gold/devices');
        """

    static let tables = [
        "bronze/events", "bronze/dead_letters", "silver/events", "gold/revenue", "gold/newcomers",
        "gold/visits",
        "gold/engagement", "gold/devices",
    ]

    /// Rules that keep rows aside and stop sinks.
    static let rules = """
        { "results": "${lake}/quality/results", "quarantine": "${lake}/quality/quarantine",
          "alerts": "${lake}/quality/alerts.jsonl", "rules": [
            {"name": "prices", "on": "checked_events", "check": "range", "column": "price", "min": 0,
             "on_fail": ["alert", "quarantine"]},
            {"name": "repeats", "on": "raw_events", "check": "unique", "column": "event_id",
             "within": "1 minute", "on_fail": ["quarantine"], "warn_above": 0},
            {"name": "types", "on": "checked_events", "check": "set", "column": "event_type",
             "values": ["page_view", "add_to_cart", "purchase", "search"], "on_fail": ["alert", "stop"]},
            {"name": "volume", "on": "silver_events", "check": "volume", "window": "1 minute"}
          ] }
        """

    static func plan(
        _ statements: String = statements, rules: String? = nil
    ) throws(Diagnostic) -> PipelinePlan {
        var planner = PipelinePlanner()
        var reader = ScriptReader(
            statements, overrides: ["raw": Machine.rawDirectory, "lake": Machine.lakeDirectory])
        while let statement = try reader.next() { try planner.add(statement) }
        if let rules {
            var variables = reader.variables
            try planner.addRules(rules, file: "shop.quality.json", variables: &variables)
        }
        return planner.plan
    }
}
