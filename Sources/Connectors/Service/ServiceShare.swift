/// How many tasks each of several processes is to have.
public enum ServiceShare {
    /// The tasks of the member at a place among all of them: as many as any other, or one more for the
    /// first ones.
    public static func count(of tasks: Int, place: Int, members: Int) -> Int {
        guard members > 0, place < members else { return 0 }
        return tasks / members + (place < tasks % members ? 1 : 0)
    }
}
