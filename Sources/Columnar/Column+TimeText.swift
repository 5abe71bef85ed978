extension Column {
    /// A column of TIME as the texts that stand for it: `13:05:09.120`.
    public var timeTexts: Column {
        precondition(type == .time, "a column of TIME")
        let builder = ColumnBuilder(type: .string, capacity: count)
        for row in 0..<count {
            if isValid(row) {
                builder.append(Civil.timeText(milliseconds: Int(int32s[row])))
            } else {
                builder.appendNull()
            }
        }
        return builder.finish()
    }
}
