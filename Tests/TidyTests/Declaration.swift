/// A type, extension or function as the rules see it.
struct Declaration: Equatable {
    enum Kind { case type, `extension`, function }

    let kind: Kind
    /// Of an extension the extended type, with dots: `Outer.Inner`.
    let name: String
    /// The keyword that declares it, such as `struct` or `init`.
    let keyword: String
    let modifiers: Set<String>
    /// How many braces are open around it.
    let depth: Int
    /// The line of the first modifier or attribute, counted from 1.
    let firstLine: Int
    /// The line of the closing brace; the line of the name where there is no body.
    let lastLine: Int

    var isPublic: Bool { !modifiers.isDisjoint(with: ["public", "open", "package"]) }
    var isPrivate: Bool { !modifiers.isDisjoint(with: ["private", "fileprivate"]) }
}
