import Columnar
import Formats

/// Makes lines of JSON of an Avro container file, so that it is read, cut and read again as other files of
/// lines are.
///
/// Works block by block: what is held is a packed block, an unpacked one and some lines. A block that is
/// damaged ends the file there; what came before it is not lost.
final class AvroFileDecompressor: Decompressor {
    private static let lineBytes = 256 << 10

    private let held = ByteWriter()
    /// Bytes of `held` that are done with.
    private var start = 0
    private var header: AvroFileHeader?
    private var codec = AvroCodec.null
    private var lines: AvroLineWriter?
    private let made = ByteWriter()
    /// Bytes of `made` that were given out.
    private var given = 0
    private var damage: String?

    var isBetweenMembers: Bool {
        start == held.count && given == made.count && (lines?.remaining ?? 0) == 0
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressorStep {
        var step = DecompressorStep()
        if given == made.count, damage == nil, (lines?.remaining ?? 0) == 0 {
            if !input.isEmpty, !hasWholeBlock {
                held.append(input)
                step.used = input.count
            }
            advance { () throws(Stop) in try begin() }
        }
        if given == made.count, damage == nil { advance { () throws(Stop) in try makeLines() } }
        let count = min(made.count - given, output.count)
        if count > 0 {
            output.copyMemory(from: UnsafeRawBufferPointer(rebasing: made.bytes[given..<given + count]))
            given += count
        }
        step.made = count
        if given == made.count { step.damage = damage }
        return step
    }

    private struct Stop: Error {
        let reason: String
    }

    private func advance(_ body: () throws(Stop) -> Void) {
        do throws(Stop) {
            try body()
        } catch {
            damage = error.reason
        }
    }

    private var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: held.bytes[start...]) }

    /// Whether the bytes that are held are enough to go on with.
    private var hasWholeBlock: Bool {
        guard let header, start < held.count else { return false }
        return (try? header.block(rest, at: 0)) != nil
    }

    /// Reads the header, or unpacks the next block, if it is whole.
    private func begin() throws(Stop) {
        do throws(DecodeError) {
            if header == nil, held.count > 0 {
                guard let read = try AvroFileHeader.read(held.bytes) else { return }
                header = read
                start = read.length
                lines = AvroLineWriter(schema: read.schema)
                guard let known = AvroCodec(rawValue: read.codec) else {
                    throw DecodeError(
                        .header,
                        "the file's Avro codec is '\(read.codec)': this program knows "
                            + AvroCodec.allCases.map(\.rawValue).joined(separator: ", "))
                }
                codec = known
            }
            guard let header, let lines, let block = try header.block(rest, at: 0) else { return }
            let packed = UnsafeRawBufferPointer(rebasing: rest[block.data])
            let unpacked: (data: Buffer, length: Int)
            do throws(AvroCodec.Damage) {
                unpacked = try codec.unpack(packed)
            } catch {
                throw DecodeError(.malformedAvro, "an Avro block is damaged: \(error.reason)")
            }
            lines.begin(unpacked.data, length: unpacked.length, count: block.count)
            start += block.end
            if start == held.count {
                held.removeAll()
                start = 0
            } else if start > 1 << 20 {
                let kept = Array(rest)
                held.removeAll()
                kept.withUnsafeBytes { held.append($0) }
                start = 0
            }
        } catch {
            throw Stop(reason: error.message)
        }
    }

    private func makeLines() throws(Stop) {
        guard let lines, lines.remaining > 0 else { return }
        made.removeAll()
        given = 0
        do throws(DecodeError) {
            try lines.append(to: made, byteLimit: Self.lineBytes)
        } catch {
            throw Stop(reason: error.message)
        }
    }
}
