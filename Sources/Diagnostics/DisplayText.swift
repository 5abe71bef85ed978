/// Text made safe for a terminal.
public enum DisplayText {
    /// `text` with each control character replaced by a visible one, so that hostile input can neither
    /// move the cursor nor forge lines of output.
    public static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: DisplayWidth.isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(DisplayWidth.isControl(scalar) ? visible(scalar) : scalar)
        }
        return String(result)
    }

    /// Unicode has pictures for the ASCII controls (U+2400 + code); the others become U+FFFD.
    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) { return picture }
        return scalar.value == 0x7F ? "\u{2421}" : "\u{FFFD}"
    }
}
