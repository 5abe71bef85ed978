import CParquet
import Columnar
import Glibc

/// Hands a schema to Arrow in the C data interface.
///
/// Every column is nullable: Delta tables of streams are, and NULL columns cost next to nothing.
enum ArrowSchemaExport {
    /// A struct of the schema's columns; whoever imports it releases it.
    static func export(
        _ schema: Schema, narrowing: (String) -> ParquetColumnOptions.Narrowing?
    ) -> ArrowSchema {
        let flags = Int64(ARROW_FLAG_NULLABLE)
        return make(
            "+s", "", 0,
            children: schema.fields.map { field in
                guard let narrowing = narrowing(field.name) else { return export(field, isNested: false) }
                return make(ParquetType.format(of: narrowing), field.name, flags, children: [])
            })
    }

    private static func export(
        _ field: Field, flags: Int64 = Int64(ARROW_FLAG_NULLABLE), isNested: Bool
    ) -> ArrowSchema {
        switch field.type {
        case .array(let element):
            return make(
                "+l", field.name, flags, children: [export(Field("element", element), isNested: true)])
        case .map(let key, let value):
            let entries = [
                export(Field("key", key), flags: 0, isNested: true),
                export(Field("value", value), isNested: true),
            ]
            return make("+m", field.name, flags, children: [make("+s", "key_value", 0, children: entries)])
        case .structure(let members): return structure(field.name, members, flags: flags)
        default:
            return make(
                ParquetType.format(of: field.type, isNested: isNested), field.name, flags, children: [])
        }
    }

    private static func structure(_ name: String, _ members: [Field], flags: Int64) -> ArrowSchema {
        make("+s", name, flags, children: members.map { export($0, isNested: true) })
    }

    private static func make(
        _ format: String, _ name: String, _ flags: Int64, children: [ArrowSchema]
    ) -> ArrowSchema {
        var schema = ArrowSchema()
        schema.format = UnsafePointer(copiedText(format))
        schema.name = UnsafePointer(copiedText(name))
        schema.flags = flags
        schema.n_children = Int64(children.count)
        if !children.isEmpty {
            let list = UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>.allocate(
                capacity: children.count)
            for (index, child) in children.enumerated() {
                let place = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
                place.initialize(to: child)
                list.advanced(by: index).initialize(to: place)
            }
            schema.children = list
        }
        schema.release = { releaseSchema($0) }
        return schema
    }
}

/// Frees what `ArrowSchemaExport` allocated, children included.
private func releaseSchema(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
    guard let schema, schema.pointee.release != nil else { return }
    free(UnsafeMutableRawPointer(mutating: schema.pointee.format))
    free(UnsafeMutableRawPointer(mutating: schema.pointee.name))
    if let children = schema.pointee.children {
        for index in 0..<Int(schema.pointee.n_children) {
            guard let child = children[index] else { continue }
            child.pointee.release?(child)
            child.deallocate()
        }
        children.deallocate()
    }
    schema.pointee.release = nil
}
