import CMalloc
import Commands
import Glibc

@main struct Main {
    static func main() {
        limitAllocator()
        let words = CommandLine.arguments
        let console = Console.system(program: words.first ?? "millrace")
        let program = MillraceProgram(console: console, launcher: PipelineLauncher())
        exit(program.run(Array(words.dropFirst())).rawValue)
    }

    /// Two arenas instead of eight a core, so that less of what was freed lies idle; and buffers of up to
    /// 32 MiB come from them, so that the kernel need not clear each one anew.
    private static func limitAllocator() {
        _ = mallopt(M_ARENA_MAX, 2)
        _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 256 << 20)
    }
}
