/// Names that a listing must show as what they are.
let hostileNames: [[UInt8]] =
  [
    "plain.txt", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "it's", "a&b", "&lt;", "two\nlines",
    "tab\there", "\u{1B}[31mred", "invoice\u{202E}fdp.exe", "\u{200F}mark", "\u{2066}isolate\u{2069}",
    "javascript:alert(1)",
    "data:text/html,x", "...", "..a", ".. ", "..%2f", "%2e%2e", "#hash", "?query", "%41", "100%", "a;b=c", "a\\b",
    "  before", "after  ", "   ", "+plus", "日本語", "👩‍👩‍👧", "\u{FEFF}bom", "\u{FFFE}", "~tilde", "-rf", "{{name}}",
  ].map(\.bytes) + [[0xff, 0xfe], [0x66, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0x7f], [0x01], [0xc2, 0x9b]]
