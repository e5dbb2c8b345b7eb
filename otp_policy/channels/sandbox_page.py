"""The page of the sandbox: what LINE friends and visitors of the Facebook Page would see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

__all__ = ["page"]

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#57606a;--paper:#f3f4f6;--card:#fff;
--rule:#d0d7de;--line:#8fb3e0;--bubble:#fff;--go:#05603a;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9da7b1;--paper:#0d1117;
--card:#161b22;--rule:#30363d;--line:#22344f;--bubble:#1f2731;--go:#12805c;--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:1rem/1.7 "Noto Sans Thai","Sarabun","Leelawadee UI",Thonburi,system-ui,sans-serif}
header,main{max-width:76rem;margin:0 auto;padding:1rem 1.25rem}
h1{font-size:1.5rem;margin:.5rem 0 0}h2{font-size:1.15rem;margin:0 0 .75rem}
h3{font-size:1.05rem;margin:0 0 .35rem}
[lang=en]{color:var(--quiet);font-weight:400}
main{display:grid;gap:1.25rem;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr))}
section{border-radius:1rem;padding:1.25rem;border:1px solid var(--rule);min-width:0}
.line{background:var(--line)}.line h2,.line h2 [lang=en],.line .none{color:var(--ink)}
.facebook{background:var(--paper)}
ol{list-style:none;margin:0;padding:0;display:grid;gap:1rem}
article{background:var(--card);border:1px solid var(--rule);border-radius:.75rem;padding:1rem;
overflow-wrap:anywhere}
.line article{background:var(--bubble);border:0;border-radius:.3rem 1.25rem 1.25rem 1.25rem;
max-width:26rem}
.text{white-space:pre-wrap;margin:0 0 .75rem}
.meta{font-size:.85rem;color:var(--quiet);margin:.5rem 0 0}
a{color:var(--link)}
.go{display:block;text-align:center;background:var(--go);color:#fff;border-radius:.6rem;
padding:.6rem;text-decoration:none}
.card{display:block;border:1px solid var(--rule);border-radius:.5rem;padding:.6rem .8rem}
label{display:inline-block;padding-block:.5rem}
#follow{width:1.3rem;height:1.3rem;vertical-align:-.25rem}
a:focus-visible,input:focus-visible{outline:3px solid currentColor;outline-offset:2px}
.gone h3,.gone .text{text-decoration:line-through;color:var(--quiet)}
.count{font-weight:400}
"""

# Reads the page again and puts in what changed, so that no reader loses place or focus.
_SCRIPT = """
const box=document.getElementById("follow");
setInterval(async()=>{
  if(!box.checked||document.hidden)return;
  try{
    const text=await(await fetch("/")).text();
    const next=new DOMParser().parseFromString(text,"text/html").querySelector("main");
    const here=document.querySelector("main");
    if(next&&next.innerHTML!==here.innerHTML)here.innerHTML=next.innerHTML;
  }catch{}
},3000);
"""


_TOP = f"""<!doctype html>
<html lang="th">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ช่องทางจำลอง · Sandbox</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="5"></noscript>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>ช่องทางจำลอง <span lang="en">Sandbox</span></h1>
<p>สิ่งที่ผู้ติดตามจะเห็นใน LINE และ Facebook ไม่มีข้อความใดออกไปนอกเครื่องนี้<br>
<span lang="en">What followers would see on LINE and Facebook. Nothing leaves this
machine.</span></p>
<p><input type="checkbox" id="follow" checked> <label for="follow">แสดงข้อความใหม่เอง
<span lang="en">Show new messages by themselves</span></label></p>
</header>
"""


def page(messages: Sequence[Mapping[str, object]], *, held: int) -> str:
    """Return the whole page, newest message first."""
    return f"""{_TOP}<main>
{_section("line", "ข้อความ LINE", "LINE messages", messages)}
{_section("facebook", "โพสต์ Facebook", "Facebook posts", messages)}
{_held(held)}
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _held(held: int) -> str:
    if not held:
        return ""
    return f'<p role="status">คำขอที่ค้างอยู่ {held} รายการ <span lang="en">{held} held</span></p>'


def _section(
    channel: str, thai: str, english: str, messages: Sequence[Mapping[str, object]]
) -> str:
    mine = [message for message in reversed(messages) if message["channel"] == channel]
    items = "\n".join(f"<li>{_article(message)}</li>" for message in mine)
    empty = '<p class="none">ยังไม่มีข้อความ <span lang="en">Nothing yet</span></p>'
    return f"""<section class="{channel}" aria-labelledby="{channel}">
<h2 id="{channel}">{thai} <span lang="en">{english}</span>
<span class="count">({len(mine)})</span></h2>
{f"<ol>{items}</ol>" if mine else empty}
</section>"""


def _article(message: Mapping[str, object]) -> str:
    title, text, url = (str(message[name]) for name in ("title", "text", "url"))
    rest = text.removeprefix(title).strip()
    gone = bool(message.get("deleted"))
    note = '<p class="meta">ลบแล้ว <span lang="en">Deleted</span></p>' if gone else ""
    body = f'<p class="text">{escape(rest)}</p>' if rest else ""
    return f"""<article id="{escape(str(message["id"]))}"{' class="gone"' if gone else ""}>
<h3>{escape(title)}</h3>
{body}{_link(url, line=message["channel"] == "line")}{_picture(message)}{note}
<p class="meta">{_when(str(message["received_at"]))}</p>
</article>"""


def _picture(message: Mapping[str, object]) -> str:
    """Return the address of a photo's picture. It is not loaded: nothing leaves this machine."""
    url = str(message.get("image_url", ""))
    if not url.startswith("https://"):
        return ""
    label = f'ภาพ <span lang="en">Picture</span>: {escape(url)}'
    return f'<p class="meta">{label}</p>'


def _link(url: str, *, line: bool) -> str:
    if not url.startswith(("http://", "https://")):
        return ""
    kind = "go" if line else "card"
    label = 'อ่านต่อ / <span lang="en" style="color:inherit">Read more</span>'
    return f'<a class="{kind}" href="{escape(url)}">{label if line else escape(url)}</a>'


def _when(received_at: str) -> str:
    local = datetime.fromisoformat(received_at).astimezone()
    return f'<time datetime="{escape(received_at)}">{local:%H:%M:%S}</time>'
