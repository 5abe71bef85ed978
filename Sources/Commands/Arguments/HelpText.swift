/// What `--help` prints, made from the descriptions.
enum HelpText {
    /// The help of one command, without a last line end.
    static func of(_ command: CommandDescription) -> String {
        var lines = ["millrace \(command.name): \(command.summary)", ""]
        let operands = command.operands.map(\.usage)
        lines.append(
            "usage: " + (["millrace \(command.name)"] + operands + ["[flags]"]).joined(separator: " "))
        if !command.about.isEmpty { lines += [""] + wrapped(command.about, width: lineWidth) }
        if !command.topics.isEmpty { lines += [""] + columns(command.topics) }
        if !command.operands.isEmpty {
            lines += [""] + columns(command.operands.map { ($0.name, $0.help) })
        }
        lines += ["", "flags:"] + columns(command.allFlags.map { ($0.usage, $0.help) })
        if !command.examples.isEmpty {
            lines += ["", command.examples.count == 1 ? "example:" : "examples:"]
            for example in command.examples {
                lines += ["  # " + example.purpose, "  " + example.command]
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The help of the whole program, without a last line end.
    static func overview(_ commands: [CommandDescription]) -> String {
        var lines = [
            "millrace: real-time clickstream analytics in one program", "", "usage: millrace COMMAND [flags]",
            "",
            "commands:",
        ]
        lines += columns(commands.map { ($0.name, $0.summary) })
        lines += [
            "", "start here:", "  millrace demo",
            "", "millrace help COMMAND tells more of one; millrace --version tells the version.",
            "A flag that is left out is taken from the environment: MILLRACE_LAKE stands for --lake.",
            "Durations: a bare number is seconds; 500ms, 10s, 5m and 2h are understood.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted twice.",
        ]
        return lines.joined(separator: "\n")
    }

    /// Two columns; a text that is too long for the line goes on below itself.
    private static func columns(_ rows: [(name: String, text: String)]) -> [String] {
        let width = min(rows.map(\.name.count).max() ?? 0, widestName)
        var lines: [String] = []
        for row in rows {
            var parts = wrapped(row.text, width: lineWidth - width - 4)[...]
            if row.name.count > width {
                lines.append("  " + row.name)
            } else {
                let gap = String(repeating: " ", count: width - row.name.count + 2)
                lines.append("  " + row.name + gap + (parts.popFirst() ?? ""))
            }
            let indent = String(repeating: " ", count: width + 4)
            lines += parts.map { indent + $0 }
        }
        return lines
    }

    private static let lineWidth = 100
    private static let widestName = 26

    /// The words of `text` on lines of at most `width` characters.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
