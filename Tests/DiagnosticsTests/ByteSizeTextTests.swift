import Diagnostics
import Testing

@Suite struct ByteSizeTextTests {
    @Test(
        "amounts of memory",
        arguments: [
            ("64MB", 64_000_000), ("64mb", 64_000_000), ("1GiB", 1 << 30), ("1.5 GB", 1_500_000_000),
            ("512", 512),
            ("10k", 10_000), ("2Ki", 2048), ("1_000B", 1000), ("3TiB", 3 << 40),
        ])
    func sizes(text: String, bytes: Int) { #expect(ByteSizeText.parse(text) == bytes) }

    @Test(
        "what is no amount",
        arguments: ["", "MB", "12X", "1e3", "-5MB", "5 5", "1iB", "9999999TiB", "64 M B", "0x10"])
    func notSizes(text: String) { #expect(ByteSizeText.parse(text) == nil) }
}
