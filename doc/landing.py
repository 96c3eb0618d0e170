# SPDX-License-Identifier: LGPL-2.1-or-later
"""The first page: what this is, three entry points for three kinds of readers, every guide with its
first sentence, then the interface."""

import html
import os
import re

from frame import Failure, read, replace, write
from words import COMMENT, inline, paragraphs

DOORS = (
    ("I run hosts", "See which machine type each guest has, record it, and get ready for the next "
     "QEMU.", ("start.html", "operating.html", "recording.html",
                        "which-guests.html", "pinning.html", "upgrade.html", "changing-the-default.html")),
    ("I write a tool", "Decide, record and check machine types from C, C++, Python, JavaScript or "
     "Vala.", ("embedding.html", "bindings.html", "resolving.html", "examples.html")),
    ("I come from Nova", "Use the commands and the rules you know, and see where they differ.",
     ("from-nova.html", "changing-the-default.html", "features.html",
      "where-the-documents-are-wrong.html")),
)
# Sections of the interface that are unfolded: those that a program starts with.
OPEN = ("classes", "structs", "functions")
LONGEST_EXAMPLE = 24


def introduction(guides, readme):
    """The README's text above its first heading, table or example."""
    text = COMMENT.sub("", read(readme))
    text = re.split(r"^(?:## |```|\|)", text.split("\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return "".join(f"<p>{inline(guides.prose(readme, paragraph))}</p>\n"
                   for paragraph in paragraphs(text))


def example(readme):
    """The README's first session that is short enough for this page."""
    for block in re.findall(r"^```console\n(.*?)^```$", COMMENT.sub("", read(readme)),
                            re.MULTILINE | re.DOTALL):
        lines = html.escape(block.strip("\n"), quote=False).split("\n")
        if len(lines) <= LONGEST_EXAMPLE:
            shown = "\n".join(f'<span class="gp">$ </span>{line[2:]}' if line.startswith("$ ") else
                              f'<span class="go">{line}</span>' for line in lines)
            return f'<div class="codehilite"><pre><code>{shown}\n</code></pre></div>\n'
    return ""


def doors(titles):
    for name, purpose, pages in DOORS:
        missing = [page for page in pages if page not in titles]
        if missing:
            raise Failure(f"doc/landing.py: there is no guide {missing[0]}")
        links = "".join(f'<li><a href="{page}">{titles[page]}</a></li>' for page in pages)
        yield f'<section class="door"><h2>{name}</h2><p>{purpose}</p><ul>{links}</ul></section>\n'


def all_guides(groups, titles, sentences):
    for group, pages in groups:
        items = "".join(f'<li><a href="{page}">{titles[page]}</a> {inline(sentences[page])}</li>\n'
                        for page in pages)
        yield f"<h3>{group}</h3>\n<ul>{items}</ul>\n"


def heading(name, title):
    return f'<h2 id="{name}">{title}<a class="md-anchor" href="#{name}"></a></h2>\n'


def picture(folder, name):
    title = re.search(r"<title[^>]*>(.*?)</title>", read(os.path.join(folder, name))).group(1)
    return f'<p class="picture"><img src="{name}" alt="{title}"></p>\n'


def facts(version):
    return ('<div class="docblock facts"><table>'
            f"<tr><td>Version</td><td>{version}</td></tr>"
            "<tr><td>License</td><td>LGPL-2.1-or-later</td></tr>"
            "<tr><td>In C</td><td><code>#include &lt;machtype/machtype.h&gt;</code></td></tr>"
            "<tr><td>pkg-config</td><td><code>libmachtype</code></td></tr>"
            "<tr><td>Needs</td><td>GLib and GObject 2.0</td></tr></table></div>\n")


def shorten(text, summaries):
    """The first sentence of each name of the interface, which is enough to choose by."""
    def summary(match):
        return f'{match.group(1)}{html.escape(summaries[match.group(2)], quote=False)}</td>'

    return re.sub(r'(class="symbol" href="([^"]+)".*?<td class="docblock-summary">).*?</td>',
                  summary, text, flags=re.DOTALL)


def edit(folder, frame, guides, readme, sentences):
    """Before the frame is added."""
    path = os.path.join(folder, "index.html")
    top = ('<header class="landing"><h1>libmachtype</h1>\n'
           f'{introduction(guides, readme)}</header>\n'
           f'<div class="docblock">\n{picture(folder, "flow.svg")}'
           f'<div class="doors">\n{"".join(doors(frame.titles))}</div>\n{example(readme)}'
           f'{heading("guides", "Guides")}<div class="guides">\n'
           f'{"".join(all_guides(frame.groups, frame.titles, sentences))}</div>\n'
           f'{heading("interface", "Interface")}</div>\n{facts(frame.version)}')
    text = replace(
        path, read(path),
        (r"(?s)<header>.*?</header>", top),
        (r'(?s)<section>\s*<div class="toggle-wrapper">\s*<h4 id="dependencies".*?</section>', ""),
        (r'(?s)<section>\s*<div class="toggle-wrapper">\s*<h4 id="extra".*?</section>', ""),
        (r'(?s)<div class="section">\s*<h5>Dependencies</h5>.*?</div>\s*</div>', ""),
        (r'<h5>Sections</h5>\s*<div class="links">',
         '<h5>Sections</h5>\n<div class="links">\n<a href="#guides">Guides</a>\n'
         '<a href="#interface">Interface</a>\n'))
    for name in OPEN:
        text = replace(path, text, (rf'toggle-wrapper default-hide">(?=\s*<h4 id="{name}")',
                                    'toggle-wrapper">'))
    # The hierarchy of a single class.
    text = re.sub(r'<li><a href="classes_hierarchy.html"[^>]*>.*?</a></li>\s*', "", text)
    write(path, shorten(text, frame.summaries))
