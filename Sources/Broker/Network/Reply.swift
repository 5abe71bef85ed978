/// The place in which the answer to one request stands: answers go out in the order of the requests.
///
/// It is answered once, by any thread; later calls do nothing.
struct Reply: Sendable {
    let connection: Connection
    let number: UInt64

    func send(_ pieces: [[UInt8]]) { connection.answer(number, pieces, closes: false) }

    /// The request wants no answer.
    func sendNothing() { connection.answer(number, [], closes: false) }

    /// Answers, and closes the connection behind the answer.
    func sendLast(_ pieces: [[UInt8]]) { connection.answer(number, pieces, closes: true) }

    func close() { connection.answer(number, [], closes: true) }
}
