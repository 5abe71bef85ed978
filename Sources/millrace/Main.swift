import Commands
import Glibc

@main struct Main {
    static func main() {
        let words = CommandLine.arguments
        let console = Console.system(program: words.first ?? "millrace")
        let program = MillraceProgram(console: console, launcher: PipelineLauncher())
        exit(program.run(Array(words.dropFirst())).rawValue)
    }
}
