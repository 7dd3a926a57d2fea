extension HTMLReport {
  /// How the page looks: light or dark as the reader's system is, and light on paper. Without `<` and `&`, so that it is XML.
  ///
  /// Colours of lines are told apart by those who do not see red or green: they go round from blue over orange and differ in
  /// lightness as well. All have a contrast of 3 to 1 with what is behind them, text of 4.5 (WCAG 2.2, 1.4.3 and 1.4.11).
  static let styleSheet: StaticString = """
    :root {
      color-scheme: light dark;
      --page: #fbfbfa; --card: #ffffff; --ink: #1b1f24; --muted: #57606a; --rule: #d8dde3; --faint: #eef1f4;
      --link: #0a5cad; --bad: #a6230f; --bad-back: #fdeeea; --warn: #7a4d00; --warn-back: #fff6dc; --good: #0b6b45;
      --s0: #0b62b0; --s1: #c2500a; --s2: #0a7d6c; --s3: #9c2fae; --s4: #7a6200; --s5: #525c68;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --page: #101418; --card: #171c22; --ink: #e8ebee; --muted: #a3adb8; --rule: #343c46; --faint: #1f262e;
        --link: #7cb8ff; --bad: #ff9b85; --bad-back: #3a1a14; --warn: #f2c14e; --warn-back: #332a10; --good: #63d6a4;
        --s0: #6cb4ff; --s1: #ff9d57; --s2: #4fd8c0; --s3: #e59bf2; --s4: #e3cb4b; --s5: #b7c1cc;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 1.5rem clamp(0.9rem, 3vw, 2.5rem) 4rem; max-width: 82rem; background: var(--page);
      color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      overflow-wrap: anywhere;
    }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.25rem; letter-spacing: -0.02em; }
    h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 0.8rem; letter-spacing: -0.01em; }
    h4 { margin: 1rem 0 0.3rem; font-size: 0.9rem; color: var(--muted); font-weight: 600; }
    p { margin: 0.5rem 0; max-width: 46rem; }
    a { color: var(--link); }
    .lead { font-size: 1.05rem; }
    .muted, footer { color: var(--muted); font-size: 0.9rem; }
    footer h2 { color: var(--ink); font-size: 1.1rem; }
    code { font: 0.875em/1.5 ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace; }
    code.command { display: block; padding: 0.5rem 0.75rem; background: var(--faint); border-radius: 0.4rem; }
    section, footer { margin-top: 2.5rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
    dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 1rem 0; }
    dt { font-size: 0.8rem; color: var(--muted); }
    dd { margin: 0; }
    details { margin: 0.8rem 0; border: 1px solid var(--rule); border-radius: 0.5rem; background: var(--card); padding: 0 0.9rem; }
    details[open] { padding-bottom: 0.9rem; }
    summary { cursor: pointer; padding: 0.6rem 0; color: var(--link); }
    summary:focus-visible, .scroll:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

    .scroll { overflow-x: auto; margin: 0.8rem 0 1.2rem; border: 1px solid var(--rule); border-radius: 0.5rem; background: var(--card); }
    table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
    caption { text-align: left; padding: 0.6rem 0.75rem 0.3rem; color: var(--muted); }
    caption b { color: var(--ink); }
    th, td { padding: 0.4rem 0.75rem; text-align: right; vertical-align: top; border-top: 1px solid var(--rule); }
    tbody tr:first-child th, tbody tr:first-child td { border-top: 0; }
    thead th { border-top: 0; border-bottom: 1px solid var(--rule); color: var(--muted); font-weight: 600; vertical-align: bottom; white-space: nowrap; }
    thead th small { display: block; font-weight: 400; }
    th[scope="row"] { font-weight: 600; white-space: nowrap; text-align: left; }
    th[scope="row"] small { display: block; font-weight: 400; font-size: 0.8rem; color: var(--muted); }
    tr th:first-child { position: sticky; left: 0; background: var(--card); }
    thead th:first-child { text-align: left; }
    td.text, th.text { text-align: left; }
    td.none { color: var(--muted); }
    td.skipped, td.failed { min-width: 9rem; max-width: 16rem; text-align: left; font-size: 0.85rem; line-height: 1.35; }
    .line.failures { color: var(--bad); font-weight: 600; }
    .line.warning { color: var(--warn); }
    td.skipped { color: var(--muted); font-style: italic; }
    td.failed { color: var(--bad); background: var(--bad-back); }
    td.worthless { background: var(--warn-back); }
    .warning { color: var(--warn); }
    th.subject { color: var(--ink); width: 22%; }
    th.subject svg.sample { display: block; margin: 0 0 0.15rem auto; }
    .value { display: block; font-weight: 600; white-space: nowrap; }
    .spread, .ratio, a.warning, .line { display: block; font-size: 0.8rem; color: var(--muted); white-space: nowrap; }
    .ratio b { color: var(--ink); }
    .better b { color: var(--good); }
    .worse b { color: var(--bad); }
    a.warning { color: var(--warn); }
    table.wide .line { white-space: normal; min-width: 9rem; }
    .line b { color: var(--ink); }
    ol.notes { font-size: 0.9rem; margin: 0 0 1.2rem; padding-left: 1.6rem; }
    ol.notes b { color: var(--warn); font-weight: 600; }

    .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 29rem), 1fr)); gap: 1rem; margin: 1rem 0; }
    figure { margin: 0; padding: 0.8rem; border: 1px solid var(--rule); border-radius: 0.5rem; background: var(--card); }
    figcaption { font-weight: 600; font-size: 0.95rem; line-height: 1.35; margin-bottom: 0.4rem; }
    svg.chart { display: block; width: 100%; height: auto; max-width: 36rem; }
    .chart text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--muted); }
    .chart .axis-title { fill: var(--ink); }
    .grid { stroke: var(--rule); stroke-width: 1; fill: none; }
    .base { stroke: var(--muted); stroke-width: 1; fill: none; }
    .series { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: butt; }
    .mark { fill: currentColor; stroke: var(--card); stroke-width: 1; }
    .bar { fill: none; stroke: currentColor; stroke-width: 1.25; }
    .s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); }
    .s3 { color: var(--s3); } .s4 { color: var(--s4); } .s5 { color: var(--s5); }
    .legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin: 0.4rem 0 0; padding: 0; list-style: none; font-size: 0.85rem; }
    svg.sample { width: 34px; height: 12px; margin-right: 0.4rem; vertical-align: -1px; }

    @media (max-width: 40rem) {
      h1 { font-size: 1.6rem; }
      .chart text { font-size: 14.5px; }
      th, td { padding: 0.4rem 0.5rem; }
      figure { padding: 0.6rem 0.2rem; }
      details { padding: 0 0.4rem; }
      figure figcaption, figure .legend { padding: 0 0.3rem; }
    }
    @media print {
      body { max-width: none; padding: 0; font-size: 9.5pt; background: #fff; }
      section, footer { margin-top: 1rem; padding-top: 0.8rem; }
      figure, tr, li { break-inside: avoid; }
      h2, summary { break-after: avoid; }
      .scroll { overflow: visible; }
      details::details-content { content-visibility: visible; block-size: auto; }
      .gallery { grid-template-columns: 1fr 1fr; }
      a { color: inherit; }
    }
    """
}
