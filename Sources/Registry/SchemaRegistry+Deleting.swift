import Diagnostics

// Schemas that go: softly first, then for good.
extension SchemaRegistry {
    /// Deletes a version, softly first; `forGood` needs that to have been done. Throws `notFound`, or
    /// `invalidStatement` for a version that is not deleted softly.
    public func delete(_ subject: String, version number: Int, forGood: Bool = false) throws(Diagnostic) {
        do throws(RegistryError) {
            _ = try erase(subject, .number(number), forGood: forGood)
        } catch { throw error.diagnostic }
    }

    /// Deletes all versions of a subject; returns their numbers.
    @discardableResult
    public func delete(_ subject: String, forGood: Bool = false) throws(Diagnostic) -> [Int] {
        do throws(RegistryError) {
            return try erase(subject, forGood: forGood)
        } catch { throw error.diagnostic }
    }

    /// Deletes a version; returns its number.
    public func erase(
        _ subject: String, _ number: VersionNumber, forGood: Bool
    ) throws(RegistryError) -> Int {
        try change { held throws(RegistryError) in
            try Self.checkWritable(Self.mode(subject, held), subject)
            let version = try Self.find(
                subject, number, includingDeleted: forGood || number != .latest, held)
            if forGood, !version.isDeleted { throw .versionNotDeleted(subject, version.version) }
            if !forGood, version.isDeleted { throw .versionDeletedSoftly(subject, version.version) }
            try Self.checkUnused(version, forGood, held)
            return Outcome(answer: version.version, changes: [Self.deletion(of: version, forGood)])
        }
    }

    /// Deletes all versions of a subject, and with them its own level and mode; returns their numbers.
    public func erase(_ subject: String, forGood: Bool) throws(RegistryError) -> [Int] {
        try change { held throws(RegistryError) in
            try Self.checkWritable(Self.mode(subject, held), subject)
            let all = held.versions[subject] ?? []
            if all.isEmpty { throw .subjectNotFound(subject) }
            let live = all.filter { !$0.isDeleted }
            if forGood, !live.isEmpty { throw .subjectNotDeleted(subject) }
            if !forGood, live.isEmpty { throw .subjectDeletedSoftly(subject) }
            let versions = forGood ? all : live
            for version in versions { try Self.checkUnused(version, forGood, within: subject, held) }
            var changes = versions.map { Self.deletion(of: $0, forGood) }
            if held.levels[subject] != nil { changes.append(.level(nil, subject: subject)) }
            if held.modes[subject] != nil { changes.append(.mode(nil, subject: subject)) }
            if held.normalizing[subject] != nil { changes.append(.normalizing(nil, subject: subject)) }
            return Outcome(answer: versions.map(\.version), changes: changes)
        }
    }

    /// - Parameter within: a subject that goes as a whole, with what in it refers to it.
    private static func checkUnused(
        _ version: SubjectVersion, _ forGood: Bool, within subject: String? = nil, _ held: RegistryContents
    ) throws(RegistryError) {
        let users = held.users(of: version).filter {
            (forGood || !$0.isDeleted) && $0.subject != subject
        }
        guard users.isEmpty else {
            throw .referenced(
                version.subject, version.version, by: Set(users.map(\.schemaID)).sorted())
        }
    }

    private static func deletion(of version: SubjectVersion, _ forGood: Bool) -> RegistryChange {
        if forGood { return .erased(subject: version.subject, version: version.version) }
        var deleted = version
        deleted.isDeleted = true
        return .version(deleted)
    }
}
