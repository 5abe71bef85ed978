import Diagnostics

/// Reads the JSON of an Avro schema, checks it, and says where it is wrong.
struct AvroSchemaReader {
    /// A way into the document: names of members, places in arrays.
    enum Step: Hashable {
        case member(String)
        case element(Int)
    }

    /// What is wrong and where in the document.
    struct Fault: Error {
        let message: String
        let path: [Step]
        var expected: String?
    }

    var nodes: [AvroNode] = []
    private var named: [String: Int] = [:]
    private static let reserved: Set<String> = [
        "null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "enum", "array",
        "map", "fixed", "error", "union",
    ]

    static func primitive(_ word: String) -> AvroNode.Kind? {
        switch word {
        case "null": return .null
        case "boolean": return .boolean
        case "int": return .int
        case "long": return .long
        case "float": return .float
        case "double": return .double
        case "bytes": return .bytes
        case "string": return .string
        default: return nil
        }
    }

    private mutating func add(_ node: AvroNode) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    /// The type that `json` describes, in a namespace.
    mutating func type(_ json: JSONValue, in namespace: String, at path: [Step]) throws(Fault) -> Int {
        switch json {
        case .string(let word): return try named(word, in: namespace, at: path)
        case .array(let branches): return try union(branches, in: namespace, at: path)
        case .object: return try object(json, in: namespace, at: path)
        default:
            throw Fault(
                message: "\(json.text) is no Avro type", path: path,
                expected: "a type's name, an object with \"type\", or a union in brackets")
        }
    }

    private mutating func named(
        _ word: String, in namespace: String, at path: [Step]
    ) throws(Fault) -> Int {
        if let kind = Self.primitive(word) { return add(AvroNode(kind)) }
        if let place = named[AvroName(word, enclosing: namespace).full] ?? named[word] { return place }
        let complex = ["record", "enum", "array", "map", "fixed", "error"].contains(word)
        throw Fault(
            message: complex
                ? "\(word) needs an object: its parts are missing" : "there is no type '\(word)'",
            path: path,
            expected: complex ? "{\"type\": \"\(word)\", …}" : "a primitive type or a name defined before")
    }

    private mutating func union(
        _ branches: [JSONValue], in namespace: String, at path: [Step]
    ) throws(Fault) -> Int {
        var places: [Int] = []
        var seen: Set<String> = []
        for (index, branch) in branches.enumerated() {
            let at = path + [.element(index)]
            let place = try type(branch, in: namespace, at: at)
            if case .union = nodes[place].kind {
                throw Fault(message: "a union holds a union", path: at)
            }
            if !seen.insert(nodes[place].branch).inserted {
                throw Fault(message: "a union holds \(nodes[place].branch) twice", path: at)
            }
            places.append(place)
        }
        return add(AvroNode(.union(places)))
    }

    private mutating func object(
        _ json: JSONValue, in namespace: String, at path: [Step]
    ) throws(Fault) -> Int {
        guard let type = json["type"] else {
            throw Fault(message: "a type has no \"type\"", path: path)
        }
        guard case .string(let word) = type else {
            // {"type": {"type": …}}: what stands inside, as other readers take it.
            return try self.type(type, in: namespace, at: path + [.member("type")])
        }
        switch word {
        case "record", "error": return try record(json, in: namespace, at: path)
        case "enum": return try enumeration(json, in: namespace, at: path)
        case "fixed": return try fixed(json, in: namespace, at: path)
        case "array":
            guard let items = json["items"] else {
                throw Fault(message: "an array has no \"items\"", path: path)
            }
            let place = try self.type(items, in: namespace, at: path + [.member("items")])
            return add(AvroNode(.array(place), properties: Self.properties(json, but: ["type", "items"])))
        case "map":
            guard let values = json["values"] else {
                throw Fault(message: "a map has no \"values\"", path: path)
            }
            let place = try self.type(values, in: namespace, at: path + [.member("values")])
            return add(AvroNode(.map(place), properties: Self.properties(json, but: ["type", "values"])))
        default:
            guard let kind = Self.primitive(word) else {
                return try named(word, in: namespace, at: path + [.member("type")])
            }
            let known = ["type", "logicalType", "precision", "scale"]
            return add(
                AvroNode(
                    kind, logical: Self.logical(json, kind),
                    properties: Self.properties(json, but: known)))
        }
    }

    private static func properties(_ json: JSONValue, but known: [String]) -> [JSONValue.Member] {
        (json.members ?? []).filter { !known.contains($0.name) }
    }

    // MARK: Named types

    private func name(
        _ json: JSONValue, in namespace: String, at path: [Step]
    ) throws(Fault) -> AvroName {
        let word = json["type"]?.string ?? "type"
        guard let text = json["name"] else { throw Fault(message: "a \(word) has no \"name\"", path: path) }
        let place = path + [.member("name")]
        guard case .string(let text) = text else {
            throw Fault(message: "a \(word)'s name is \(text.text)", path: place, expected: "a text")
        }
        var around = namespace
        if let own = json["namespace"], !own.isNull {
            guard case .string(let own) = own else {
                throw Fault(
                    message: "a namespace is \(own.text)", path: path + [.member("namespace")],
                    expected: "a text")
            }
            around = own
        }
        let name = AvroName(text, enclosing: around)
        guard name.isValid else {
            throw Fault(
                message: "'\(name.full)' is no name", path: place,
                expected: "letters, digits and underscores, no digit in front")
        }
        if Self.primitive(name.full) != nil {
            throw Fault(message: "'\(text)' is a primitive type's name", path: place)
        }
        if named[name.full] != nil {
            throw Fault(message: "'\(name.full)' is defined twice", path: place)
        }
        return name
    }

    private func aliases(
        _ json: JSONValue, namespace: String, at path: [Step]
    ) throws(Fault) -> [String] {
        guard let list = json["aliases"], !list.isNull else { return [] }
        var aliases: [String] = []
        guard let elements = list.array else {
            throw Fault(
                message: "aliases are \(list.text)", path: path + [.member("aliases")],
                expected: "a list of names")
        }
        for (index, element) in elements.enumerated() {
            guard let text = element.string else {
                throw Fault(
                    message: "an alias is \(element.text)",
                    path: path + [.member("aliases"), .element(index)], expected: "a text")
            }
            aliases.append(AvroName(text, enclosing: namespace).full)
        }
        return aliases
    }

    private mutating func record(
        _ json: JSONValue, in namespace: String, at path: [Step]
    ) throws(Fault) -> Int {
        let name = try name(json, in: namespace, at: path)
        let known = ["type", "name", "namespace", "doc", "aliases", "fields"]
        let place = add(
            AvroNode(
                .record([]), name: name,
                aliases: try aliases(json, namespace: name.namespace, at: path),
                properties: Self.properties(json, but: known)))
        named[name.full] = place
        guard let list = json["fields"]?.array else {
            throw Fault(
                message: "the record \(name) has no list of \"fields\"",
                path: json["fields"] == nil ? path : path + [.member("fields")])
        }
        var fields: [AvroNode.Field] = []
        var names: Set<String> = []
        for (index, element) in list.enumerated() {
            let at = path + [.member("fields"), .element(index)]
            let field = try field(element, of: name, at: at)
            if !names.insert(field.name).inserted {
                throw Fault(
                    message: "the record \(name) has the field '\(field.name)' twice",
                    path: at + [.member("name")])
            }
            fields.append(field)
        }
        nodes[place].kind = .record(fields)
        return place
    }

    private mutating func field(
        _ json: JSONValue, of record: AvroName, at path: [Step]
    ) throws(Fault) -> AvroNode.Field {
        guard let name = json["name"]?.string else {
            throw Fault(message: "a field of \(record) has no \"name\"", path: path)
        }
        guard AvroName.isValid(name) else {
            throw Fault(
                message: "'\(name)' is no name", path: path + [.member("name")],
                expected: "letters, digits and underscores, no digit in front")
        }
        guard let type = json["type"] else {
            throw Fault(message: "the field '\(name)' of \(record) has no \"type\"", path: path)
        }
        let place = try self.type(type, in: record.namespace, at: path + [.member("type")])
        let standard = json["default"]
        if let standard {
            var checker = AvroDefaultCheck(nodes: nodes)
            guard checker.accepts(standard, place) else {
                throw Fault(
                    message: "the default \(standard.text) of the field '\(name)' is no "
                        + nodes[nodes[place].kind.firstBranch ?? place].branch,
                    path: path + [.member("default")])
            }
        }
        var aliases: [String] = []
        for alias in json["aliases"]?.array ?? [] { if let text = alias.string { aliases.append(text) } }
        let known = ["name", "type", "doc", "default", "order", "aliases"]
        return AvroNode.Field(
            name: name, aliases: aliases, type: place, standard: standard,
            properties: Self.properties(json, but: known))
    }

    private mutating func enumeration(
        _ json: JSONValue, in namespace: String, at path: [Step]
    ) throws(Fault) -> Int {
        let name = try name(json, in: namespace, at: path)
        guard let list = json["symbols"]?.array else {
            throw Fault(
                message: "the enum \(name) has no list of \"symbols\"",
                path: json["symbols"] == nil ? path : path + [.member("symbols")])
        }
        var symbols: [String] = []
        for (index, element) in list.enumerated() {
            let at = path + [.member("symbols"), .element(index)]
            guard let symbol = element.string, AvroName.isValid(symbol) else {
                throw Fault(message: "\(element.text) is no symbol of an enum", path: at)
            }
            if symbols.contains(symbol) {
                throw Fault(message: "the enum \(name) has the symbol \(symbol) twice", path: at)
            }
            symbols.append(symbol)
        }
        let standard = json["default"]?.string
        if let standard, !symbols.contains(standard) {
            throw Fault(
                message: "the default \(standard) is no symbol of the enum \(name)",
                path: path + [.member("default")], expected: "one of " + symbols.joined(separator: ", "))
        }
        let known = ["type", "name", "namespace", "doc", "aliases", "symbols", "default"]
        let place = add(
            AvroNode(
                .enumeration(symbols, standard: standard), name: name,
                aliases: try aliases(json, namespace: name.namespace, at: path),
                properties: Self.properties(json, but: known)))
        named[name.full] = place
        return place
    }

    private mutating func fixed(
        _ json: JSONValue, in namespace: String, at path: [Step]
    ) throws(Fault) -> Int {
        let name = try name(json, in: namespace, at: path)
        guard let size = json["size"]?.int, size >= 0, size <= Int32.max else {
            throw Fault(
                message: "the fixed \(name) has no \"size\"",
                path: json["size"] == nil ? path : path + [.member("size")], expected: "a count of bytes")
        }
        let known = [
            "type", "name", "namespace", "doc", "aliases", "size", "logicalType", "precision", "scale",
        ]
        let place = add(
            AvroNode(
                .fixed(size: size), name: name,
                aliases: try aliases(json, namespace: name.namespace, at: path),
                logical: Self.logical(json, .fixed(size: size)),
                properties: Self.properties(json, but: known)))
        named[name.full] = place
        return place
    }

    // MARK: Logical types

    private static func logical(_ json: JSONValue, _ kind: AvroNode.Kind) -> AvroLogicalType? {
        switch (json["logicalType"]?.string, kind) {
        case ("decimal", .bytes), ("decimal", .fixed):
            let scale = json["scale"]?.int ?? 0
            // Without a precision it is Kafka Connect's: 64 digits.
            let precision = json["precision"]?.int ?? 64
            guard precision > 0, scale >= 0, scale <= precision else { return nil }
            return .decimal(precision: precision, scale: scale)
        case ("date", .int): return .date
        case ("time-millis", .int): return .timeMillis
        case ("time-micros", .long): return .timeMicros
        case ("timestamp-millis", .long): return .timestampMillis
        case ("timestamp-micros", .long): return .timestampMicros
        case ("local-timestamp-millis", .long): return .localTimestampMillis
        case ("local-timestamp-micros", .long): return .localTimestampMicros
        case ("uuid", .string): return .uuid
        default: return nil
        }
    }
}

extension AvroNode.Kind {
    /// The first branch of a union, which is the one that a default is of.
    var firstBranch: Int? {
        if case .union(let branches) = self { return branches.first }
        return nil
    }
}
