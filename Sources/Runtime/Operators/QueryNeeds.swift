import Expressions
import Planning

/// Which columns a query reads of its input, given what is read of its output.
struct QueryNeeds {
    /// Columns that name a record, for functions that vary by record.
    static let positionColumns: [PseudoColumn] = [.rowSource, .rowPartition, .rowOffset]

    /// Positions in the input's layout.
    let all: Set<Int>
    /// What the projection or aggregation reads, behind filter and deduplication.
    let shape: Set<Int>
    let projected: [(position: Int, expression: Expression)]
    let passed: [(from: Int, to: Int)]
    /// Whether an expression gives equal rows different values: RANDOM(), UUID().
    let isVarying: Bool

    init(plan: QueryPlan, output: Set<Int>) {
        var projected: [(position: Int, expression: Expression)] = []
        var passed: [(from: Int, to: Int)] = []
        var expressions: [Expression] = []
        var explosions: [Expression] = []
        var output = output
        if let time = plan.outputTime { output.insert(time.position) }
        switch plan.shape {
        case .projection(let all):
            for (position, expression) in all.enumerated() where output.contains(position) {
                projected.append((position, expression))
            }
            for pseudo in PseudoColumn.allCases where output.contains(plan.output.position(of: pseudo)) {
                passed.append((plan.input.position(of: pseudo), plan.output.position(of: pseudo)))
            }
            expressions = projected.map(\.expression)
            explosions = plan.tableFunctions.map(\.argument)
            explosions += plan.priorRows?.expressions ?? []
        case .aggregation(let aggregation):
            expressions = aggregation.groupBy + aggregation.aggregates.flatMap(\.arguments)
        }
        let early = (plan.filter.map { [$0] } ?? []) + (plan.deduplication?.keys ?? [])
        var shape = Set(passed.map(\.from))
        for expression in expressions + explosions { shape.formUnion(expression.columns) }
        // What a table function gives, or an earlier row, is no column of the input.
        shape = shape.filter { $0 < plan.input.width }
        var all = shape
        for expression in early { all.formUnion(expression.columns) }
        isVarying = !(expressions + explosions + early).allSatisfy(\.isDeterministic)
        if isVarying {
            let positions = Self.positionColumns.map { plan.input.position(of: $0) }
            all.formUnion(positions)
            shape.formUnion(positions)
        }
        self.all = all
        self.shape = shape
        self.projected = projected
        self.passed = passed
    }
}
