import Diagnostics
import Planning
import State

// Views of tables, and which of them hold all rows of theirs.
extension PipelineTask {
    /// The view of a table that `configuration.views` names. From any thread.
    ///
    /// nil before the task has taken up its state, and where the state was begun without this view: then the
    /// rows before that are not in it.
    public func view(of relation: String) -> TableView? { views.withLock { $0[relation] } }

    static let viewsAttachment = "views"

    /// Finds out which views are whole.
    ///
    /// - Parameters:
    ///   - isNew: whether the state begins with this run.
    ///   - newlyMade: tables whose queries begin with it.
    func openViews(isNew: Bool, newlyMade: Set<String>) throws(Diagnostic) {
        guard let flow, let checkpoint else { return }
        let saved = SavedViews(checkpoint.attachments[Self.viewsAttachment] ?? [])
        var whole: [String: TableView] = [:]
        for view in flow.views.map(\.view) {
            let name = view.relation.name
            guard isNew || newlyMade.contains(name) || saved.signatures[name] == view.layout.signature else { continue }
            whole[name] = view
            guard let starts = saved.starts[name] else { continue }
            try stateful { () throws(StateError) in try view.restore(starts: starts) }
        }
        wholeViews = whole
    }

    /// Lets others see the views.
    func publishViews() {
        let whole = wholeViews
        views.withLock { $0 = whole }
    }

    /// What the checkpoint keeps of them; nil without any.
    var viewBytes: [UInt8]? {
        guard !wholeViews.isEmpty else { return nil }
        var saved = SavedViews()
        for (name, view) in wholeViews {
            saved.signatures[name] = view.layout.signature
            saved.starts[name] = view.knownStarts
        }
        return saved.bytes
    }
}
