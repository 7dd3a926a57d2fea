/// How all pages look: light or dark as the reader's system is, in its own font, and nothing fetched.
enum PageStyle {
  /// Colours, text and the sign for a character that cannot be seen. Text has a contrast of 4.5 to 1 with what is
  /// behind it (WCAG 2.2, 1.4.3).
  static let root: StaticString = """
    :root{color-scheme:light dark;--page:#f7f8f8;--card:#fff;--ink:#1b1f24;--muted:#57606a;--rule:#dce0e5;
    --faint:#eef2f6;--link:#0a5cad}
    @media(prefers-color-scheme:dark){:root{--page:#101418;--card:#171c22;--ink:#e8ebee;--muted:#a3adb8;
    --rule:#2f3741;--faint:#202832;--link:#7cb8ff}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0 auto;padding:clamp(1rem,4vw,2.5rem) clamp(.75rem,3vw,2rem);max-width:60rem;background:var(--page);
    color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;
    overflow-wrap:anywhere}
    h1{margin:0 0 1rem;font-size:1.6rem;line-height:1.25;letter-spacing:-.01em}
    a{color:var(--link)}
    :focus-visible{outline:2px solid var(--link);outline-offset:-2px;border-radius:.3rem}
    .c{background:var(--rule);border-radius:.2em;font-size:.9em}
    bdi{white-space:pre-wrap}

    """
}
