/// What can be looked at.
enum InspectSubject: String, CaseIterable, Sendable {
    case events
    case table
    case lake
    case quality
    case deadLetters = "dead-letters"
    case checkpoint
}
