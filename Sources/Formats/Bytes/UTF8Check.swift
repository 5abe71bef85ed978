/// Validation of UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
public enum UTF8Check {
    /// Bytes of the well-formed character at `index`, which is not ASCII; 0 when there is none before `end`.
    static func length(_ base: UnsafeRawPointer, at index: Int, end: Int) -> Int {
        let lead = WordScan.byte(base, index)
        let left = end &- index
        if lead < 0xC2 || lead > 0xF4 || left < 2 { return 0 }
        let second = WordScan.byte(base, index &+ 1)
        if second & 0xC0 != 0x80 { return 0 }
        if lead < 0xE0 { return 2 }
        if left < 3 || WordScan.byte(base, index &+ 2) & 0xC0 != 0x80 { return 0 }
        if lead < 0xF0 {
            // E0 80…9F would be overlong, ED A0…BF are the surrogates.
            if lead == 0xE0 && second < 0xA0 { return 0 }
            if lead == 0xED && second > 0x9F { return 0 }
            return 3
        }
        if left < 4 || WordScan.byte(base, index &+ 3) & 0xC0 != 0x80 { return 0 }
        if lead == 0xF0 && second < 0x90 { return 0 }
        if lead == 0xF4 && second > 0x8F { return 0 }
        return 4
    }

    /// Where the first malformed character begins in `start..<end`, or nil.
    static func firstFault(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int? {
        var index = start
        while index < end {
            if index &+ 8 <= end {
                let marks = WordScan.load(base, index) & WordScan.highs
                if marks == 0 {
                    index &+= 8
                    continue
                }
                index &+= WordScan.firstByte(marks)
            } else if WordScan.byte(base, index) < 0x80 {
                index &+= 1
                continue
            }
            let length = length(base, at: index, end: end)
            if length == 0 { return index }
            index &+= length
        }
        return nil
    }

    public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        return firstFault(base, 0, bytes.count) == nil
    }
}
