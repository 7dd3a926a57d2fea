extension TransfersPage {
  /// The look of the page, after the root of all pages. Routes are told apart by colours that differ in lightness too,
  /// and the badge has the name in it.
  static let style: StaticString = """
    :root{--zero:#0b5c3d;--zero-back:#dcf3e7;--copy:#7a4500;--copy-back:#fdecd0;--bad:#a6230f;--bad-back:#fdeeea}
    @media(prefers-color-scheme:dark){:root{--zero:#7be0b3;--zero-back:#12382a;--copy:#f5c273;--copy-back:#3a2a0d;
    --bad:#ff9b85;--bad-back:#3a1a14}}
    body{max-width:90rem}
    [hidden]{display:none!important}
    header{display:flex;flex-wrap:wrap;gap:1rem 3rem;align-items:end;justify-content:space-between}
    h1{margin:0}
    p{margin:0}
    #service{color:var(--muted);font-size:.9rem}
    dl{display:flex;flex-wrap:wrap;gap:.5rem 2.2rem;margin:0;font-variant-numeric:tabular-nums}
    dl>div{min-width:4.5rem}
    dt{font-size:.8rem;color:var(--muted)}
    dd{margin:0;font-size:1.3rem;font-weight:600;line-height:1.3;white-space:nowrap}
    .bar{display:flex;gap:.6rem;margin:1.2rem 0 .8rem}
    input,.bar button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--rule);
    border-radius:.5rem;padding:.5rem .9rem;min-height:2.75rem}
    input{flex:1;min-width:0;max-width:24rem}
    .bar button{min-width:6.5rem;cursor:pointer}
    .bar button:hover{background:var(--faint)}
    #contact{margin:0 0 .8rem;padding:.6rem .9rem;border-radius:.5rem;color:var(--bad);background:var(--bad-back)}
    .none{padding:3.5rem 1rem;text-align:center;color:var(--muted);background:var(--card);
    border:1px solid var(--rule);border-radius:.7rem}
    table{width:100%;border-spacing:0;background:var(--card);border:1px solid var(--rule);border-radius:.7rem;
    overflow:clip;font-size:.9rem;font-variant-numeric:tabular-nums}
    .lost #rows,.lost dl{opacity:.55}
    thead th{position:sticky;top:0;z-index:1;padding:0;background:var(--card);border-bottom:1px solid var(--rule);
    text-align:left}
    thead button{width:100%;padding:.6rem .7rem;border:0;background:none;font:inherit;font-size:.85rem;
    font-weight:600;color:var(--muted);text-align:inherit;white-space:nowrap;cursor:pointer}
    thead button:hover{color:var(--ink)}
    [aria-sort] button{color:var(--ink)}
    [aria-sort=ascending] button:after{content:" ↑"}
    [aria-sort=descending] button:after{content:" ↓"}
    td{padding:.6rem .7rem;vertical-align:top;border-top:1px solid var(--faint)}
    tbody tr:first-child td{border-top:0}
    tbody tr:hover{background:var(--faint)}
    .number{text-align:right;white-space:nowrap}
    thead th:nth-child(n+4):nth-child(-n+7){text-align:right}
    td:first-child{min-width:7.8rem}
    td:nth-child(2){min-width:10rem}
    td:nth-child(3){min-width:12.3rem}
    td:first-child b{display:block}
    small{color:var(--muted);font-size:.8rem}
    progress{display:block;width:100%;height:.25rem;margin-top:.35rem;border:0;border-radius:1rem;overflow:hidden;
    appearance:none;background:var(--rule)}
    progress::-webkit-progress-bar{background:var(--rule)}
    progress::-webkit-progress-value{background:var(--link)}
    progress::-moz-progress-bar{background:var(--link)}
    .badge{display:inline-block;white-space:nowrap;padding:.1rem .55rem;border-radius:1rem;font-size:.8rem;
    font-weight:600;background:var(--faint);color:var(--muted);box-shadow:inset 0 0 0 1px var(--rule)}
    .zero{background:var(--zero-back);color:var(--zero);box-shadow:none}
    .copy{background:var(--copy-back);color:var(--copy);box-shadow:none}
    td:last-child{min-width:10rem;max-width:18rem}
    details{font-size:.8rem;color:var(--muted)}
    summary{padding:.3rem 0;cursor:pointer}
    summary:hover{color:var(--ink)}
    ul{margin:0;padding:0 0 .2rem 1rem}
    li b{color:var(--ink)}
    @media(max-width:60rem){
    table,thead,tbody{display:block}
    table{background:none;border:0;border-radius:0;overflow:visible}
    thead tr{display:flex;flex-wrap:wrap;gap:.4rem;margin-bottom:.8rem}
    thead th{position:static;border:1px solid var(--rule);border-radius:2rem}
    thead button{padding:.45rem .8rem}
    [aria-sort]{border-color:var(--muted)}
    tbody{display:grid;gap:.7rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}
    tbody tr{display:grid;grid-template-columns:1fr 1fr 1fr;gap:.5rem .8rem;padding:.9rem;align-content:start;
    background:var(--card);border:1px solid var(--rule);border-radius:.7rem}
    tbody tr:hover{background:var(--card)}
    tbody tr td{display:block;padding:0;border:0;min-width:0;max-width:none;text-align:left}
    td:nth-child(-n+4),td:last-child{grid-column:1/-1}
    td[data-label]:before{content:attr(data-label);display:block;font-size:.75rem;color:var(--muted)}
    tbody tr td:is(:nth-child(2),:nth-child(3)){display:grid;grid-template-columns:3.7rem 1fr;align-items:baseline}
    tbody .number{text-align:left}
    td[data-label]:nth-child(4):before{display:inline-block;width:3.7rem}
    summary{padding:.6rem 0 .3rem}}
    """
}
