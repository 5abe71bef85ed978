import Columnar

/// A compiled expression: one virtual call and one dispatch over types for each batch, none for a row.
class Node {
    let type: DataType
    /// Where the frame keeps the value; equal expressions share a node and so a slot.
    let slot: Int
    /// Whose rows count when the node fails.
    let scope: Int

    init(_ place: Place, type: DataType) {
        self.type = type
        slot = place.slot
        scope = place.scope
    }

    /// A node's slot and scope.
    struct Place {
        let slot: Int
        let scope: Int
    }

    /// The value for the frame's rows, computed at most once.
    final func value(_ frame: Frame) -> Operand {
        if let value = frame.values[slot] { return value }
        let value = compute(frame)
        frame.values[slot] = value
        return value
    }

    func compute(_ frame: Frame) -> Operand {
        preconditionFailure("each kind of node computes")
    }
}
