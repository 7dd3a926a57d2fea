extension ListingPage {
  /// The look of a listing, after the root of all pages; both together are below 3 KB. Icons are cut out of their
  /// colour, for an image would be a resource, which a strict policy of the server's could keep away.
  static let style: StaticString = """
    nav{display:flex;flex-wrap:wrap;margin-left:-.4rem;font-size:.95rem;color:var(--muted)}
    nav>*{padding:.45rem .4rem}
    nav>*:after{content:"/";margin:0 -.4rem 0 .5rem;color:var(--muted);display:inline-block}
    a{text-decoration:none}
    nav a:hover,thead a:hover{text-decoration:underline}
    table{width:100%;border-spacing:0;background:var(--card);border:1px solid var(--rule);border-radius:.7rem;
    overflow:clip;font-variant-numeric:tabular-nums}
    thead th{position:sticky;top:0;z-index:1;background:var(--card);border-bottom:1px solid var(--rule);
    font-size:.85rem;font-weight:600;text-align:right}
    thead a{display:block;padding:.7rem 1rem;color:var(--muted);white-space:nowrap}
    [aria-sort] a{color:var(--ink)}
    th{padding:0}
    th:first-child{text-align:left}
    td{width:1%;padding:.6rem 1rem;text-align:right;white-space:nowrap;color:var(--muted);font-size:.9rem}
    tbody th{font-weight:400}
    tbody tr+tr>*,tbody+tbody>tr>*{border-top:1px solid var(--faint)}
    tbody tr:hover{background:var(--faint)}
    tbody a{display:flex;gap:.8rem;padding:.6rem 1rem;color:var(--ink)}
    tbody a:before{content:"";flex:none;width:20px;height:20px;margin-top:2px;background:var(--muted);
    clip-path:path(evenodd,"M4 1h8.5L17 5.5V19H4zM5.5 2.5v15h10V7H11V2.5z")}
    .d{font-weight:600}
    .d:before{background:var(--link);clip-path:path("M1 3h6l2 2.5h10V17H1z")}
    .o:before{clip-path:path(evenodd,"M10 2l8 8-8 8-8-8zM10 4l-6 6 6 6 6-6z")}
    tbody .u{color:var(--muted)}
    .u:before{clip-path:path("M10 3l6 6-1.2 1.2-4-4V17H9.2V6.2l-4 4L4 9z")}
    p{margin:1rem;color:var(--muted);font-size:.9rem}
    .e{padding:3rem 1rem;text-align:center}
    @media(max-width:40rem){
    table,thead,tbody,tbody th{display:block}
    thead tr{display:flex}
    thead th:first-child{flex:1}
    tbody tr{position:relative;display:flex;flex-wrap:wrap;padding:.25rem 0}
    tbody th{width:100%}
    tbody a{padding-bottom:0}
    tbody a:after{content:"";position:absolute;inset:0}
    tbody tr>*{border:0!important}
    tbody tr+tr,tbody+tbody{border-top:1px solid var(--faint)}
    td{width:auto;padding:0 0 .6rem 3.05rem;font-size:.85rem}
    td:empty{display:none}
    td:not(:empty)+td{padding-left:.8rem}
    .u{padding-bottom:.6rem}}
    """
}
