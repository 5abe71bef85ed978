import Columnar
import Glibc

/// Kernels over text that operators need.
enum TextKernel {
    /// The operands' bytes one after another; NULL where one is.
    static func concatenation(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            var length = 0
            for operand in call.operands { length += operand.column.views[operand.index(row)].length }
            var target = writer.room(length)
            for operand in call.operands {
                let bytes = operand.column.bytes(at: operand.index(row))
                if let base = bytes.baseAddress { memcpy(target, base, bytes.count) }
                target += bytes.count
            }
            writer.commit(row, length: length)
        }
        return call.texts(writer)
    }
}
