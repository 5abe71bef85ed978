/// What connections bring their requests to.
protocol FrameHandler: AnyObject, Sendable {
    /// Answers a request, now or later, by `reply`.
    ///
    /// - Parameter frame: without its length; not valid afterwards.
    /// - Returns: whether the next request may be handled before this one is answered.
    func handle(_ frame: UnsafeRawBufferPointer, _ reply: Reply) -> Bool
}
