import Columnar

/// Turns expressions into nodes. Equal expressions become one node, except where chance or the rows that
/// count for errors tell them apart.
struct Compiler {
    private struct Key: Hashable {
        let expression: Expression
        let scope: Int
    }

    private var nodes: [Key: Node] = [:]
    /// By scope: the scope around it. Scope 0 is the whole batch.
    private var parents: [Int] = [0]
    private(set) var slots = 0
    private var salt: UInt64
    private let isInLambda: Bool

    var scopes: Int { parents.count }

    init(salt: Int) {
        self.salt = UInt64(truncatingIfNeeded: salt) &* 0x9E37_79B9_7F4A_7C15
        isInLambda = false
    }

    /// For the body of a lambda.
    private init(lambdaSalt: UInt64) {
        salt = lambdaSalt
        isInLambda = true
    }

    mutating func compile(_ expression: Expression, scope: Int = 0) -> Node {
        guard expression.isDeterministic else { return make(expression, scope) }
        // What cannot fail has no scope; what can is looked for in the scopes around.
        guard canFail(expression) else { return node(for: expression, scope: 0) }
        var candidate = scope
        while true {
            if let node = nodes[Key(expression: expression, scope: candidate)] { return node }
            if candidate == 0 { break }
            candidate = parents[candidate]
        }
        return node(for: expression, scope: scope)
    }

    private func canFail(_ expression: Expression) -> Bool {
        Fallibility.canFail(expression, inLambda: isInLambda)
    }

    private mutating func node(for expression: Expression, scope: Int) -> Node {
        let key = Key(expression: expression, scope: scope)
        if let node = nodes[key] { return node }
        let node = make(expression, scope)
        nodes[key] = node
        return node
    }

    private mutating func place(_ scope: Int) -> Node.Place {
        slots += 1
        return Node.Place(slot: slots - 1, scope: scope)
    }

    /// A scope of its own for an expression that can fail; nil for one that cannot.
    private mutating func open(_ expression: Expression, in scope: Int) -> Int? {
        guard canFail(expression) else { return nil }
        parents.append(scope)
        return parents.count - 1
    }

    private mutating func make(_ expression: Expression, _ scope: Int) -> Node {
        switch expression {
        case .column(let index, let type): return ColumnNode(place(scope), index: index, type: type)
        case .literal(let value, let type): return ConstantNode(place(scope), value: value, type: type)
        case .null: return ConstantNode(place(scope), value: .null, type: .string)
        case .comparison(let op, let left, let right):
            let nodes = compile([left, right], scope)
            return ComparisonNode(place(scope), kind: .comparison(op), left: nodes[0], right: nodes[1])
        case .distinct(let left, let right):
            let nodes = compile([left, right], scope)
            return ComparisonNode(place(scope), kind: .distinct, left: nodes[0], right: nodes[1])
        case .conjunction(let operands): return logic(operands, isAnd: true, scope)
        case .disjunction(let operands): return logic(operands, isAnd: false, scope)
        case .not(let operand): return NotNode(place(scope), operand: compile(operand, scope: scope))
        case .isNull(let operand): return IsNullNode(place(scope), operand: compile(operand, scope: scope))
        case .conditional(let branches, let otherwise, let type):
            return conditional(branches, otherwise, type, scope)
        case .among(let operand, let list): return among(operand, list, scope)
        case .array(let elements, let type), .structure(let elements, let type):
            let nodes = compile(elements, scope)
            return ConstructorNode(place(scope), parts: nodes, type: type)
        case .map(let keys, let values, let type):
            let nodes = compile(keys + values, scope)
            return ConstructorNode(place(scope), parts: nodes, type: type)
        case .call(let function, let arguments):
            let nodes = compile(arguments, scope)
            salt = salt &+ (function.isDeterministic ? 0 : 0xD6E8_FEB8_6659_FD93)
            let signature = function.definition
            return OperationNode(
                place(scope), operands: nodes, type: function.resultType, isStrict: signature.isStrict,
                isPerRow: signature.volatility == .perRow, salt: salt, kernel: signature.kernel)
        case .iteration(let iteration): return self.iteration(iteration, scope)
        case .parameter: preconditionFailure("the body of a lambda has columns for its parameters")
        default:
            let nodes = compile(expression.operands, scope)
            return OperationNode(
                place(scope), operands: nodes, type: expression.type,
                refusesNulls: isInLambda && Fallibility.refusesNulls(expression), kernel: kernel(expression))
        }
    }

    private mutating func iteration(_ iteration: Iteration, _ scope: Int) -> Node {
        let collection = compile(iteration.collection, scope: scope)
        let initial = iteration.initial.map { compile($0, scope: scope) }
        var captures: [Expression] = []
        for capture in iteration.lambdas.flatMap(\.captures) where !captures.contains(capture) {
            captures.append(capture)
        }
        let captured = compile(captures, scope)
        let bodies = iteration.lambdas.map { lambda in
            salt = salt &+ 0xA24B_AED4_963E_E407
            var compiler = Compiler(lambdaSalt: salt)
            let root = compiler.compile(lambda.body(over: captures))
            return LambdaBody(
                root: root, slots: compiler.slots, scopes: compiler.scopes,
                isVarying: !lambda.body.isDeterministic)
        }
        return IterationNode(
            place(scope), kind: iteration.kind, collection: collection, initial: initial, captured: captured,
            bodies: bodies, type: iteration.type)
    }

    private mutating func compile(_ expressions: [Expression], _ scope: Int) -> [Node] {
        var nodes: [Node] = []
        for expression in expressions { nodes.append(compile(expression, scope: scope)) }
        return nodes
    }

    private func kernel(_ expression: Expression) -> OperationNode.Kernel {
        switch expression {
        case .arithmetic(let op, _, _, _): return { ArithmeticKernel.compute(op, $0) }
        case .negation: return { ArithmeticKernel.negate($0) }
        case .cast: return { CastKernel.cast($0) }
        case .like(_, _, let escape): return LikePattern.kernel(escape: escape)
        case .member(_, let index, _): return NestedKernels.member(index)
        case .element: return { NestedKernels.element($0) }
        default: preconditionFailure("the expression has a node of its own")
        }
    }

    private mutating func logic(_ operands: [Expression], isAnd: Bool, _ scope: Int) -> Node {
        var nodes: [Node] = []
        var scopes: [Int?] = []
        for (index, operand) in operands.enumerated() {
            let own = index == 0 ? nil : open(operand, in: scope)
            scopes.append(own)
            nodes.append(compile(operand, scope: own ?? scope))
        }
        return LogicNode(place(scope), isAnd: isAnd, operands: nodes, scopes: scopes)
    }

    private mutating func conditional(
        _ branches: [Expression.Branch], _ otherwise: Expression?, _ type: DataType, _ scope: Int
    ) -> Node {
        var arms: [ConditionalNode.Arm] = []
        for (index, branch) in branches.enumerated() {
            let conditionScope = index == 0 ? nil : open(branch.condition, in: scope)
            let condition = compile(branch.condition, scope: conditionScope ?? scope)
            let resultScope = open(branch.result, in: scope)
            let result = compile(branch.result, scope: resultScope ?? scope)
            arms.append(
                ConditionalNode.Arm(
                    condition: condition, conditionScope: conditionScope, result: result,
                    resultScope: resultScope))
        }
        let otherwiseScope = otherwise.flatMap { open($0, in: scope) }
        let otherwiseNode = otherwise.map { compile($0, scope: otherwiseScope ?? scope) }
        return ConditionalNode(
            place(scope), arms: arms, otherwise: otherwiseNode, otherwiseScope: otherwiseScope, type: type)
    }

    private mutating func among(_ operand: Expression, _ list: [Expression], _ scope: Int) -> Node {
        var values: [Value] = []
        var others: [Node] = []
        let node = compile(operand, scope: scope)
        for item in list {
            switch item {
            case .literal(let value, _): values.append(value)
            case .null: break
            default: others.append(compile(item, scope: scope))
            }
        }
        return AmongNode(place(scope), operand: node, values: values, others: others)
    }
}
