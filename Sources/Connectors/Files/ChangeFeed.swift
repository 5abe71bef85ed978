/// Tells which names change in directories. Used by one thread at a time.
///
/// A feed may lose changes, but never without saying so.
protocol ChangeFeed: AnyObject {
    /// Becomes readable when there are changes.
    var descriptor: Int32 { get }
    /// Watches a directory from now on. False when that is not possible.
    func watch(_ directory: String) -> Bool
    /// Forgets all directories.
    func unwatchAll()
    /// Appends what has changed; false when changes were lost, so that only a listing helps.
    func drain(into changes: inout [DirectoryChange]) -> Bool
}
