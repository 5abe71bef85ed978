import Formats

/// Whether every event of the lake is accounted for: bronze = silver + duplicates + late + dead letters.
struct LakeBooks: Equatable, Sendable {
    let bronze: Int
    let silver: Int
    let duplicates: Int
    let late: Int
    let deadLetters: Int

    /// What bronze has more than the others together; 0 when the books balance.
    var difference: Int { bronze - silver - duplicates - late - deadLetters }

    var check: InspectionCheck {
        let sum = NumberDisplay.grouped(silver + duplicates + late + deadLetters)
        let text =
            "books: bronze \(NumberDisplay.grouped(bronze)) "
            + (difference == 0 ? "= " : "≠ \(sum) = ")
            + "silver \(NumberDisplay.grouped(silver)) + duplicates \(NumberDisplay.grouped(duplicates)) "
            + "+ late \(NumberDisplay.grouped(late)) + dead letters \(NumberDisplay.grouped(deadLetters))"
        if difference == 0 { return InspectionCheck(.pass, "books", text) }
        let what = difference > 0 ? "missing behind bronze" : "more than bronze has"
        return InspectionCheck(.fail, "books", text + "; \(NumberDisplay.grouped(abs(difference))) \(what)")
    }

    var json: JSONValue {
        [
            "bronze": .number(bronze), "silver": .number(silver), "duplicates": .number(duplicates),
            "late": .number(late), "dead_letters": .number(deadLetters), "difference": .number(difference),
        ]
    }
}
