import Storage
import Testing

/// The suite can fail: each step that makes something durable is left out in turn, and the loss must be seen.
@Suite struct CanaryTests {
    /// A step that is left out.
    enum Omission: CaseIterable, CustomStringConvertible {
        case logFile, logDirectory, stateFile, stateDirectory, tableFiles, tableDirectories, instance

        var description: String {
            switch self {
            case .logFile: "the log is not synchronised"
            case .logDirectory: "the log's directory is not synchronised"
            case .stateFile: "state is not synchronised"
            case .stateDirectory: "the state's directory is not synchronised"
            case .tableFiles: "tables' files are not synchronised"
            case .tableDirectories: "tables' directories are not synchronised"
            case .instance: "the instance's name is not synchronised"
            }
        }

        func leavesOut(_ operation: InterposedFileSystem.Operation, _ path: String) -> Bool {
            switch self {
            case .logFile: operation == .synchronise && path.hasSuffix(".wal")
            case .logDirectory: operation == .synchroniseDirectory && path.hasSuffix("/state/log")
            case .stateFile: operation == .synchronise && path.contains("/state/state/")
            case .stateDirectory: operation == .synchroniseDirectory && path.hasSuffix("/state/state")
            case .tableFiles: operation == .synchronise && path.contains("/lake/")
            case .tableDirectories: operation == .synchroniseDirectory && path.contains("/lake/")
            case .instance:
                path.hasPrefix("\(Machine.stateDirectory)/instance") && operation == .synchronise
                    || operation == .synchroniseDirectory && path == Machine.stateDirectory
            }
        }
    }

    @Test(arguments: Omission.allCases) func aStepLeftOutIsFound(omission: Omission) throws {
        let reference = try PowerLossTests.reference.get()
        var settings = Machine.Settings()
        settings.wrap = { disk in
            InterposedFileSystem(disk) { operation, path in !omission.leavesOut(operation, path) }
        }
        let isFound = (1...60).contains { seed in
            // The instance's name is written once, so its loss is met early.
            let spread = omission == .instance ? 20 : reference.operations
            let loss = 1 + seed * spread / 60
            guard let result = try? Scenario(settings: settings).play(losses: [loss], seed: UInt64(seed))
            else {
                return true
            }
            return result.lake.difference(from: reference.lake) != nil
                || result.status.totals != reference.status.totals
        }
        #expect(isFound, "no difference was found though \(omission)")
    }

    /// What the comparison of lakes is worth: one row more, less or other in any table is seen.
    @Test(arguments: ShopPipeline.tables) func aRowLostOrDoubledIsSeen(table: String) throws {
        let expected = try PowerLossTests.reference.get().lake
        var lost = expected
        lost.change(table) { $0.removeLast() }
        #expect(lost.difference(from: expected)?.contains("\(table) lacks 1 rows") == true)
        var doubled = expected
        doubled.change(table) { $0.append($0[0]) }
        #expect(doubled.difference(from: expected)?.contains("\(table) has 1 rows too many") == true)
    }
}
