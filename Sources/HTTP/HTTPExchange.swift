/// One request on its way and its answer, of whichever protocol.
protocol HTTPExchange: AnyObject, Sendable {
    /// Once, from any thread; a second answer is left alone.
    func answer(_ response: HTTPResponse)
}
