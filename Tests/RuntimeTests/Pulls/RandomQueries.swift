import Connectors
import Foundation
import TestKit

/// Random rows of three relations, and random queries over them in Millrace's words and in DuckDB's.
///
/// `A` and `B` are tables with the key ID, `C` is a stream; all have the same columns. What the two mean
/// differently is written out for DuckDB: here a comparison with NULL is false, IN and BETWEEN too, groups
/// have no NULL in their keys, and SUM and AVG of nothing are 0.
struct RandomQueries {
    /// One thing said twice.
    struct Both {
        let ours: String
        let duck: String

        init(_ ours: String, _ duck: String) {
            self.ours = ours
            self.duck = duck
        }

        init(_ same: String) { self.init(same, same) }

        /// `%1` and `%2` stand for the parts.
        init(_ ours: String, _ duck: String, _ parts: Both...) {
            func filled(_ text: String, _ part: (Both) -> String) -> String {
                parts.enumerated().reduce(text) { text, item in
                    text.replacingOccurrences(of: "%\(item.offset + 1)", with: part(item.element))
                }
            }
            self.init(filled(ours) { $0.ours }, filled(duck) { $0.duck })
        }
    }

    enum Kind: CaseIterable { case int, double, decimal, text }

    struct Query {
        let text: Both
        let isOrdered: Bool
    }

    var dice: SeededGenerator
    /// In front of columns: the aliases of the sources in reach.
    private var aliases: [String] = []

    init(seed: UInt64) { dice = SeededGenerator(seed: seed) }

    // MARK: Rows

    static let statements = ["A", "B", "C"].map { name in
        let (kind, key) = name == "C" ? ("STREAM", "KEY") : ("TABLE", "PRIMARY KEY")
        return """
            CREATE \(kind) \(name) (id STRING \(key), x INT, y BIGINT, d DOUBLE, m DECIMAL(8, 2), s STRING,
              f BOOLEAN) WITH (kafka_topic = '\(name)', value_format = 'JSON');
            """
    }.joined()

    struct Row {
        let id: String
        /// X, Y, D, M, S, F as literals, NULL among them.
        let values: [String]
    }

    private static let texts = [
        "", "a", "b", "ab", "Abba", "k1", "k2", "x y", "twelve or more bytes",
    ]

    mutating func rows(ofTable: Bool) -> [Row] {
        (0..<dice.int(0...30)).map { number in
            func null(_ text: String) -> String { dice.chance(15) ? "NULL" : text }
            return Row(
                id: ofTable ? "k\(number)" : "k\(dice.int(0...9))",
                values: [
                    null("\(dice.int(-5...5))"), null("\(dice.int(-100...100))"),
                    null("\(Double(dice.int(-40...40)) / 4)"),
                    null(String(format: "%.2f", Double(dice.int(-500...500)) / 100)),
                    null("'\(dice.pick(Self.texts))'"),
                    null(dice.chance(50) ? "true" : "false"),
                ])
        }
    }

    static func record(_ row: Row, time: Int64) -> MemoryRecord {
        let fields = zip(["X", "Y", "D", "M", "S", "F"], row.values).map { name, value in
            "\"\(name)\": \(value == "NULL" ? "null" : value.replacingOccurrences(of: "'", with: "\""))"
        }
        return MemoryRecord(
            key: Array(row.id.utf8), value: Array("{\(fields.joined(separator: ", "))}".utf8),
            timestamp: time)
    }

    static func setup(_ name: String, _ rows: [Row]) -> [String] {
        let create =
            "CREATE TABLE \(name) (id VARCHAR, x INTEGER, y BIGINT, d DOUBLE, m DECIMAL(8, 2), s VARCHAR, "
            + "f BOOLEAN)"
        return [create]
            + rows.map { "INSERT INTO \(name) VALUES ('\($0.id)', \($0.values.joined(separator: ", ")))" }
    }

    // MARK: Expressions

    private mutating func column(_ name: String) -> Both {
        Both(aliases.isEmpty ? name : "\(dice.pick(aliases)).\(name)")
    }

    mutating func value(_ kind: Kind, _ depth: Int) -> Both {
        switch kind {
        case .int: return int(depth)
        case .double: return double(depth)
        case .decimal: return decimal(depth)
        case .text: return text(depth)
        }
    }

    private mutating func choice(_ kind: Kind, _ depth: Int) -> Both {
        switch dice.below(3) {
        case 0: return Both("COALESCE(%1, %2)", "COALESCE(%1, %2)", value(kind, depth), value(kind, depth))
        case 1:
            return Both(
                "CASE WHEN %1 THEN %2 END", "CASE WHEN %1 THEN %2 END", condition(depth), value(kind, depth))
        default:
            return Both(
                "CASE WHEN %1 THEN %2 ELSE %3 END", "CASE WHEN %1 THEN %2 ELSE %3 END", condition(depth),
                value(kind, depth), value(kind, depth))
        }
    }

    private mutating func int(_ depth: Int) -> Both {
        guard depth > 0 else {
            return dice.chance(75) ? column(dice.pick(["x", "y"])) : Both("\(dice.int(0...9))")
        }
        switch dice.below(8) {
        case 0: return Both("(%1 + %2)", "(%1 + %2)", int(depth - 1), int(depth - 1))
        case 1: return Both("(%1 - %2)", "(%1 - %2)", int(depth - 1), int(depth - 1))
        case 2:
            let factor = dice.int(0...7)
            return Both("(%1 * \(factor))", "(%1 * \(factor))", int(depth - 1))
        case 3:
            let divisor = dice.int(1...6)
            return Both("(%1 % \(divisor))", "(%1 % \(divisor))", int(depth - 1))
        case 4:
            let divisor = dice.int(1...6)
            return Both("(%1 / \(divisor))", "(%1 // \(divisor))", int(depth - 1))
        case 5: return Both("LEN(%1)", "LENGTH(%1)", text(depth - 1))
        case 6: return Both("ABS(%1)", "ABS(%1)", int(depth - 1))
        default: return choice(.int, depth - 1)
        }
    }

    private mutating func double(_ depth: Int) -> Both {
        guard depth > 0 else { return dice.chance(80) ? column("d") : Both("\(dice.int(-8...8)).5E0") }
        switch dice.below(6) {
        case 0: return Both("(%1 + %2)", "(%1 + %2)", double(depth - 1), double(depth - 1))
        case 1: return Both("(%1 * 2.5E0)", "(%1 * 2.5E0)", double(depth - 1))
        case 2: return Both("(%1 - %2)", "(%1 - %2)", double(depth - 1), int(depth - 1))
        case 3: return Both("CAST(%1 AS DOUBLE)", "CAST(%1 AS DOUBLE)", int(depth - 1))
        case 4: return Both("FLOOR(%1)", "FLOOR(%1)", double(depth - 1))
        default: return choice(.double, depth - 1)
        }
    }

    private mutating func decimal(_ depth: Int) -> Both {
        guard depth > 0 else { return dice.chance(80) ? column("m") : Both("\(dice.int(0...9)).25") }
        switch dice.below(4) {
        case 0: return Both("(%1 + %2)", "(%1 + %2)", decimal(depth - 1), decimal(depth - 1))
        case 1: return Both("(%1 - %2)", "(%1 - %2)", decimal(depth - 1), decimal(depth - 1))
        case 2: return Both("(%1 + %2)", "(%1 + %2)", decimal(depth - 1), column("x"))
        default: return choice(.decimal, depth - 1)
        }
    }

    private mutating func text(_ depth: Int) -> Both {
        guard depth > 0 else {
            return dice.chance(75)
                ? column(dice.pick(["s", "id"])) : Both("'\(dice.pick(["", "a", "b", "k1", "Ab"]))'")
        }
        switch dice.below(8) {
        case 0: return Both("(%1 + %2)", "(%1 || %2)", text(depth - 1), text(depth - 1))
        case 1: return Both("UCASE(%1)", "UPPER(%1)", text(depth - 1))
        case 2: return Both("LCASE(%1)", "LOWER(%1)", text(depth - 1))
        case 3:
            let (start, length) = (dice.int(1...3), dice.int(1...4))
            return Both(
                "SUBSTRING(%1, \(start), \(length))", "SUBSTRING(%1, \(start), \(length))", text(depth - 1))
        case 4: return Both("REPLACE(%1, 'a', 'bb')", "REPLACE(%1, 'a', 'bb')", text(depth - 1))
        case 5: return Both("TRIM(%1)", "TRIM(%1)", text(depth - 1))
        case 6: return Both("CAST(%1 AS STRING)", "CAST(%1 AS VARCHAR)", int(depth - 1))
        default: return choice(.text, depth - 1)
        }
    }

    mutating func condition(_ depth: Int) -> Both {
        guard depth > 0 else { return comparison(0) }
        switch dice.below(9) {
        case 0: return Both("(%1 AND %2)", "(%1 AND %2)", condition(depth - 1), condition(depth - 1))
        case 1: return Both("(%1 OR %2)", "(%1 OR %2)", condition(depth - 1), condition(depth - 1))
        case 2: return Both("(NOT %1)", "(NOT %1)", condition(depth - 1))
        case 3:
            let test = dice.chance(50) ? "IS NULL" : "IS NOT NULL"
            return Both("(%1 \(test))", "(%1 \(test))", value(dice.pick(Kind.allCases), depth - 1))
        case 4:
            let pattern = dice.pick(["a%", "%b%", "_", "k_", "%"])
            return Both("(%1 LIKE '\(pattern)')", "(%1 LIKE '\(pattern)')", text(depth - 1))
        case 5:
            let kind = dice.pick(Kind.allCases)
            let not = dice.chance(30) ? "NOT " : ""
            return Both(
                "(%1 \(not)BETWEEN %2 AND %3)",
                "(\(not)(COALESCE(%1 >= %2, false) AND COALESCE(%1 <= %3, false)))", value(kind, depth - 1),
                value(kind, 0), value(kind, 0))
        case 6:
            let list = (0..<dice.int(1...4)).map { _ in "\(dice.int(-5...9))" }.joined(separator: ", ")
            return Both("(%1 IN (\(list)))", "COALESCE(%1 IN (\(list)), false)", int(depth - 1))
        case 7: return column("f")
        default: return comparison(depth - 1)
        }
    }

    private mutating func comparison(_ depth: Int) -> Both {
        let op = dice.pick(["=", "<>", "<", "<=", ">", ">="])
        let kind = dice.pick(Kind.allCases)
        let other = kind == .int && dice.chance(30) ? .double : kind
        return Both(
            "(%1 \(op) %2)", "COALESCE(%1 \(op) %2, false)", value(kind, depth), value(other, depth))
    }

    /// Names keys of a table, so that rows are looked up.
    private mutating func keyCondition() -> Both {
        let keys = (0..<dice.int(1...4)).map { _ in "'k\(dice.int(0...35))'" }
        let condition =
            dice.chance(50) ? "id = \(keys[0])" : "id IN (\(keys.joined(separator: ", ")))"
        switch dice.below(3) {
        case 0: return Both("(\(condition))")
        case 1: return Both("(\(condition) AND %1)", "(\(condition) AND %1)", self.condition(1))
        default: return Both("(\(condition) OR id = 'k3')")
        }
    }

    // MARK: Queries

    mutating func query() -> Query {
        aliases = []
        if dice.chance(35) { return joined() }
        let source = dice.pick(["A", "B", "C"])
        var condition: Both?
        if source != "C", dice.chance(30) {
            condition = keyCondition()
        } else if dice.chance(60) {
            condition = self.condition(dice.int(0...3))
        }
        return dice.chance(50) ? grouped("FROM \(source)", condition) : plain("FROM \(source)", condition)
    }

    private mutating func joined() -> Query {
        let names =
            dice.chance(25) ? ["A", "B", "C"] : [dice.pick(["A", "B", "C"]), dice.pick(["A", "B", "C"])]
        let all = ["p", "q", "r"]
        var from = "FROM \(names[0]) p"
        for index in 1..<names.count {
            let other = all[dice.below(index)]
            let first = dice.pick([
                "p0.id = q0.id", "p0.x = q0.x", "p0.x = q0.y", "p0.s = q0.id", "p0.s = q0.s",
            ])
            let more = dice.chance(20) ? " AND p0.f = q0.f" : ""
            let condition = (first + more).replacingOccurrences(of: "p0", with: other)
                .replacingOccurrences(of: "q0", with: all[index])
            let kind = dice.pick(["JOIN", "INNER JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL OUTER JOIN"])
            from += " \(kind) \(names[index]) \(all[index]) ON \(condition)"
        }
        aliases = Array(all[..<names.count])
        let condition = dice.chance(50) ? self.condition(dice.int(0...2)) : nil
        return dice.chance(50) ? grouped(from, condition) : plain(from, condition)
    }

    private mutating func plain(_ from: String, _ condition: Both?) -> Query {
        let items = (0..<dice.int(1...4)).map { _ in value(dice.pick(Kind.allCases), dice.int(0...3)) }
        return finish(items, from, condition, nil)
    }

    private mutating func grouped(_ from: String, _ condition: Both?) -> Query {
        let keys =
            dice.chance(20)
            ? [] : (0..<dice.int(1...2)).map { _ in value(dice.pick([.int, .text]), dice.int(0...1)) }
        var distinct: [Both] = []
        for key in keys
        where !distinct.contains(where: { $0.ours == key.ours }) && key.ours.contains(where: \.isLetter) {
            distinct.append(key)
        }
        var items = (0..<dice.int(1...3)).map { _ in aggregate() }
        for key in distinct where dice.chance(80) { items.insert(key, at: dice.below(items.count + 1)) }
        var conditions = [condition?.duck].compactMap { $0 }
        conditions += distinct.map { "(\($0.duck)) IS NOT NULL" }
        let least = dice.int(-3...5)
        let having =
            dice.chance(25)
            ? Both("(%1 > \(least))", "COALESCE(%1 > \(least), false)", numberAggregate()) : nil
        let group = distinct.isEmpty ? nil : distinct
        return finish(
            items, from,
            condition.map { Both($0.ours, conditions.joined(separator: " AND ")) }
                ?? (conditions.isEmpty ? nil : Both("", conditions.joined(separator: " AND "))),
            group, having)
    }

    private mutating func numberAggregate() -> Both {
        switch dice.below(3) {
        case 0: return Both("COUNT(*)")
        case 1: return Both("COUNT(%1)", "COUNT(%1)", value(dice.pick(Kind.allCases), 1))
        default: return Both("SUM(%1)", "COALESCE(SUM(%1), 0)", int(1))
        }
    }

    private mutating func aggregate() -> Both {
        switch dice.below(7) {
        case 0...2: return numberAggregate()
        case 3:
            // A sum has the type of what is summed, and must find room in it.
            if dice.chance(40) {
                return Both(
                    "SUM(CAST(%1 AS DECIMAL(20, 2)))", "COALESCE(SUM(%1), 0)", decimal(1))
            }
            return Both("SUM(%1)", "COALESCE(SUM(%1), 0)", value(dice.pick([.int, .double]), 1))
        case 4: return Both("AVG(%1)", "COALESCE(AVG(%1), 0)", value(dice.pick([.int, .double]), 1))
        case 5:
            let name = dice.pick(["MIN", "MAX"])
            return Both("\(name)(%1)", "\(name)(%1)", value(dice.pick(Kind.allCases), 1))
        default: return Both("COUNT_DISTINCT(%1)", "COUNT(DISTINCT %1)", value(dice.pick([.int, .text]), 1))
        }
    }

    private mutating func finish(
        _ items: [Both], _ from: String, _ condition: Both?, _ group: [Both]?,
        _ having: Both? = nil
    ) -> Query {
        var ours = "SELECT " + items.enumerated().map { "\($1.ours) AS c\($0)" }.joined(separator: ", ")
        var duck = "SELECT " + items.enumerated().map { "\($1.duck) AS c\($0)" }.joined(separator: ", ")
        ours += " " + from
        duck += " " + from
        if let condition {
            if !condition.ours.isEmpty { ours += " WHERE \(condition.ours)" }
            duck += " WHERE \(condition.duck)"
        }
        if let group {
            ours += " GROUP BY " + group.map(\.ours).joined(separator: ", ")
            duck += " GROUP BY " + group.map(\.duck).joined(separator: ", ")
        }
        if let having {
            ours += " HAVING \(having.ours)"
            duck += " HAVING \(having.duck)"
        }
        let isOrdered = dice.chance(50)
        if isOrdered {
            // All columns are in it, so that rows that tie are the same.
            let first = Array(items.indices).shuffled(using: &dice)
            let keys = first.map { (index: $0, isDescending: dice.chance(40)) }
            ours +=
                " ORDER BY "
                + keys.map { key in
                    let name = dice.chance(30) ? "\(key.index + 1)" : "c\(key.index)"
                    return name + (key.isDescending ? " DESC" : dice.chance(20) ? " ASC" : "")
                }.joined(separator: ", ")
            duck +=
                " ORDER BY "
                + keys.map { "c\($0.index) \($0.isDescending ? "DESC NULLS FIRST" : "ASC NULLS LAST")" }
                .joined(separator: ", ")
            if dice.chance(50) {
                let limit = " LIMIT \(dice.int(0...12))"
                ours += limit
                duck += limit
            }
        }
        return Query(text: Both(ours + ";", duck), isOrdered: isOrdered)
    }
}
