/// A connection that an acceptor looks after.
protocol OpenConnection: AnyObject {
    /// Each second; milliseconds.
    func tick(_ now: Int64)
    /// The server stops: what is under way may still be answered.
    func finish()
    /// Closes it now.
    func end()
}
