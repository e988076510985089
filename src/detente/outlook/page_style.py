"""How a page looks: type, tables and figures, in light and dark, on a phone and in print."""

from __future__ import annotations

#: Shared by all pages that are made here; colours and fonts are those of ``charts.PALETTE``.
PAGE_STYLE = """
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.5 var(--serif);
font-variant-numeric:lining-nums}
main{max-width:1000px;margin:0 auto;padding:26px 20px 48px}
h1{font-size:clamp(1.6rem,1.1rem + 2.1vw,2.35rem);line-height:1.14;letter-spacing:-.012em;margin:.2em 0 .4em;
font-weight:700;text-wrap:balance;max-width:24em}
h2{font:650 .82rem/1.3 var(--sans);letter-spacing:.055em;text-transform:uppercase;margin:2.3em 0 .75em;
border-top:2px solid var(--ink);padding-top:.55em}
h2 .aside{font-weight:400;letter-spacing:0;text-transform:none;color:var(--soft);margin-left:.5em}
h3{font:600 .88rem/1.3 var(--sans);margin:1.4em 0 .4em}
h3 .aside{font-weight:400;color:var(--soft);margin-left:.4em}
.kicker,figcaption,table,dl,ol.events,pre,summary,footer,.rule,.small,.key,.exchanges{font-family:var(--sans)}
.kicker{font-size:.84rem;color:var(--soft);margin:0}
.standfirst{margin:0 0 1.3em;max-width:41em;font-size:1.06rem;line-height:1.5}p{margin:.5em 0}
article p{max-width:46em}figure{margin:1em 0}
figcaption,.small{font-size:.8rem;line-height:1.45;color:var(--soft);margin-top:.4em;max-width:62em}
.narrow{display:none}.pairwise{display:grid;grid-template-columns:1fr 1fr;gap:34px;align-items:start}
.bars{max-width:430px}
.pairwise>*{min-width:0}.pairwise.lead{grid-template-columns:1.55fr 1fr}
.key{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));margin:0 0 1.6em;
border-top:1px solid var(--ink);
border-bottom:1px solid var(--rule)}
.key>div{padding:.5em .9em .6em 0}.key>div+div{padding-left:.9em;border-left:1px solid var(--rule)}
.key dt{font-weight:400;color:var(--soft);font-size:.8rem;line-height:1.25}
.key dd{margin:.1em 0 0;color:var(--ink);font-size:1.5rem;line-height:1.15;font-weight:600;letter-spacing:-.01em}
.key dd small{display:block;font-size:.78rem;line-height:1.3;font-weight:400;color:var(--soft);letter-spacing:0}
.key .deteriorate dd{color:var(--conf-text)}.key .improve dd{color:var(--coop)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.86rem;line-height:1.4}
th{text-align:left;font-weight:600}thead th,thead td{color:var(--soft);border-bottom:1px solid var(--ink);
vertical-align:bottom;
font-weight:400;font-size:.8rem}
td,th{padding:.34em 1em .34em 0;vertical-align:top}tbody th{font-weight:400;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
td.number{white-space:nowrap}.number{text-align:right;font-variant-numeric:tabular-nums lining-nums}
tbody tr+tr>*{border-top:1px solid var(--rule)}
.sums tbody tr:last-child>*{border-top:1px solid var(--ink);font-weight:600}
.reasons td:nth-child(3){width:150px;padding-right:1em}.reasons svg{width:140px;max-width:none;margin-top:.28em}
.reads{table-layout:fixed}.reads th:first-child{width:17%}.reads th:nth-child(2){width:19%}
.reads th:nth-child(3){width:11%}
.reads th:nth-child(4){width:15%}.reads td:nth-child(4),.reads th:nth-child(4){padding-right:2em}
.reads th{white-space:normal}
ol.events{columns:3;break-inside:avoid;column-gap:30px;font-size:.8rem;line-height:1.45;color:var(--soft);
padding-left:1.5em;
margin:.6em 0}ol.events li{break-inside:avoid}
.exchanges{list-style:none;margin:0;padding:0;font-size:.86rem;line-height:1.4;display:grid;
grid-template-columns:1fr 1fr;gap:0 34px}
.exchanges li{border-top:1px solid var(--rule);padding:.55em 0;display:grid;grid-template-columns:1fr auto 1fr;
gap:0 .8em}
.exchanges b{font-weight:600}.exchanges .arrow{color:var(--soft);align-self:center;text-align:center}
.exchanges .conflict b{color:var(--conf-text)}.exchanges .cooperation b{color:var(--coop)}
.exchanges span span{color:var(--soft)}
dl{font-size:.84rem;line-height:1.45;margin:0;display:grid;grid-template-columns:9.5em 1fr;gap:.5em 1.2em;
max-width:62em}
dl.key{max-width:none}dt{font-weight:600}dd{margin:0;color:var(--soft);overflow-wrap:anywhere}
.rule{font-size:.84rem;line-height:1.5;color:var(--soft);max-width:62em}
pre{font:.74rem/1.45 ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace;
white-space:pre-wrap;overflow-wrap:anywhere;background:var(--wash);padding:.9em 1em;margin:.6em 0}
summary{font-size:.8rem;cursor:pointer;color:var(--soft);padding:.25em 0}
footer{font-size:.78rem;color:var(--soft);margin-top:2.4em}
:focus-visible{outline:2px solid var(--coop);outline-offset:2px}
@media (max-width:720px){.pairwise,.pairwise.lead,.exchanges{grid-template-columns:1fr}ol.events{columns:2}}
@media (max-width:620px){.reads{table-layout:auto}.reasons td:nth-child(3),.reasons th:nth-child(3){display:none}
body{font-size:16px}main{padding:16px 14px 32px}.wide{display:none}.narrow{display:block}
ol.events{columns:1}dl{grid-template-columns:1fr;gap:.1em}dd{margin-bottom:.6em}td,th{padding-right:.7em}
.key{grid-template-columns:1fr 1fr}.key>div{padding:.45em .5em .5em 0}.key>div:nth-child(odd){border-left:0;
padding-left:0}
.key>div:nth-child(n+3){border-top:1px solid var(--rule)}.key dd{margin-bottom:0}h2{margin-top:1.9em}}
@media print{@page{margin:16mm 14mm}html{font-size:12.4px}body{font-size:9.6pt;background:#fff}
.key{grid-template-columns:repeat(6,1fr)}.key>div{padding-right:.4em}.key>div+div{padding-left:.6em}
main{max-width:none;padding:0}
h2{break-after:avoid;margin-top:1.5em}h1{font-size:19pt}figure,tr,.exchanges li,.key{break-inside:avoid}
.scroll{overflow:visible}details{display:none}.narrow{display:none}.wide{display:block}
.pairwise{grid-template-columns:1fr 1fr}.pairwise.lead{grid-template-columns:1.55fr 1fr}
dl{grid-template-columns:8.5em 1fr}}
"""
