/// How encoders write DATE, TIME and TIMESTAMP; decoders read both.
public enum TimeStyle: Hashable, Sendable {
    /// Days since the epoch, milliseconds of the day, milliseconds since the epoch: as ksqlDB does.
    case numbers
    /// `2026-11-18`, `13:05:09.120`, `2026-11-18T13:05:09.120Z`.
    case iso8601
}
