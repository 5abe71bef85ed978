/// One instruction of a program that reads a writer's values into columns.
struct AvroStep {
    enum Action: UInt8 {
        // Passed over, for want of a column.
        case skipNothing, skipBoolean, skipNumber, skipFixed, skipBytes, skipSequence, skipBlocks, skipUnion
        // Into a column.
        /// NULL, without bytes.
        case null
        /// A default, without bytes: `constants[first]`.
        case constant
        case boolean
        case int, long
        case float, double
        /// Bytes with their length; `isText` has them checked.
        case bytes
        /// `size` bytes.
        case fixed
        /// A decimal in bytes with their length, or in `size` bytes; `scale` is the writer's.
        case decimalBytes, decimalFixed
        /// `children[first...]` are places in `texts`, or −1.
        case enumeration
        /// `children[first...]` are pairs of a step and the member that it fills, or −1.
        case structure
        /// `children[first]` is the element's step.
        case list
        /// `children[first]` is the value's step.
        case map
        /// An array of records with key and value: pairs as of a structure, members 0 and 1.
        case entries
        /// `children[first...]` are steps, one for each branch.
        case union
        /// The column has no place for it: `texts[first]` says why.
        case refuse
    }

    var action: Action
    /// Of the column.
    var target: ScalarType
    var first: Int32 = 0
    var count: Int32 = 0
    /// Of a fixed, in bytes.
    var size: Int32 = 0
    /// Of the writer's decimal.
    var scale: Int32 = 0
    /// What a number is divided by: 1000 makes milliseconds of microseconds.
    var divisor: Int64 = 1
    /// Whether bytes must be UTF-8.
    var isText = false
    /// Bytes that a value takes at least.
    var minimum: Int32 = 0
    /// Refuses every value of an outer writer type that has no null: the type's name, for errors.
    var writer: Int32 = 0

    init(_ action: Action, _ target: ScalarType = AvroStep.nothing) {
        self.action = action
        self.target = target
    }

    static let nothing = ScalarType(.boolean)
}
