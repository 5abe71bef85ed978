import Formats

/// Whether every event of the lake is accounted for: bronze = silver + duplicates + late + dead letters, and
/// what quality rules have kept aside of either.
struct LakeBooks: Equatable, Sendable {
    let bronze: Int
    let silver: Int
    let duplicates: Int
    let late: Int
    let deadLetters: Int
    /// Rows that were kept from silver or the dead letters, and not from bronze.
    var quarantined = 0
    /// Rows that were kept from bronze alone.
    var quarantinedOfBronze = 0
    /// Rows that wait for silver or the dead letters while their sinks are stopped.
    var withheld = 0
    var withheldOfBronze = 0

    /// What bronze has more than the others together; 0 when the books balance.
    var difference: Int { bronze + quarantinedOfBronze + withheldOfBronze - behind }

    /// What bronze must come to.
    private var behind: Int { silver + duplicates + late + deadLetters + quarantined + withheld }

    var check: InspectionCheck {
        let sum = NumberDisplay.grouped(behind)
        let text =
            "books: bronze \(NumberDisplay.grouped(bronze)) "
            + (quarantinedOfBronze > 0
                ? "+ quarantined of bronze \(NumberDisplay.grouped(quarantinedOfBronze)) " : "")
            + (withheldOfBronze > 0
                ? "+ withheld of bronze \(NumberDisplay.grouped(withheldOfBronze)) " : "")
            + (difference == 0 ? "= " : "≠ \(sum) = ")
            + "silver \(NumberDisplay.grouped(silver)) + duplicates \(NumberDisplay.grouped(duplicates)) "
            + "+ late \(NumberDisplay.grouped(late)) + dead letters \(NumberDisplay.grouped(deadLetters))"
            + (quarantined > 0 ? " + quarantined \(NumberDisplay.grouped(quarantined))" : "")
            + (withheld > 0 ? " + withheld \(NumberDisplay.grouped(withheld))" : "")
        if difference == 0 { return InspectionCheck(.pass, "books", text) }
        let what = difference > 0 ? "missing behind bronze" : "more than bronze has"
        return InspectionCheck(.fail, "books", text + "; \(NumberDisplay.grouped(abs(difference))) \(what)")
    }

    var json: JSONValue {
        [
            "bronze": .number(bronze), "silver": .number(silver), "duplicates": .number(duplicates),
            "late": .number(late), "dead_letters": .number(deadLetters),
            "quarantined": .number(quarantined), "quarantined_of_bronze": .number(quarantinedOfBronze),
            "withheld": .number(withheld), "withheld_of_bronze": .number(withheldOfBronze),
            "difference": .number(difference),
        ]
    }
}
