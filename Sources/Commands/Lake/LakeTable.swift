import DeltaLake
import Diagnostics
import Storage

/// A Delta table of a lake: `gold.revenue` is the folder `gold/revenue`.
struct LakeTable: Sendable, Hashable {
    let layer: String
    let name: String
    /// The table's folder.
    let path: String

    var title: String { "\(layer).\(name)" }

    func open(in files: any FileSystem) throws(Diagnostic) -> DeltaTable {
        try DeltaFailure.told { () throws(DeltaError) in
            try DeltaTable.open(LocalObjectStore(path, in: files))
        }
    }
}
