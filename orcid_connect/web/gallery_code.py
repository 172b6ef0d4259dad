"""The gallery's page, and the code that it shows beside each sample, ready to be pasted."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Code:
    """Some lines in a language; `BASE` stands for where we are mounted, `SCRIPT` for our tag."""

    language: str
    text: str

    def at(self, base: str, script: str) -> "Code":
        """Return it as it reads on this site."""
        return replace(self, text=self.text.replace("BASE", base).replace("SCRIPT", script))


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing for a page: what it looks like, and how to get it."""

    title: str
    live: tuple[Markup, ...]
    code: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """All samples."""

    template: ClassVar[str] = "pages/gallery.html"

    script: Markup
    integrity: str
    samples: tuple[Sample, ...]


BUTTON_CODE: Final = (
    Code(
        "HTML",
        "SCRIPT\n\n"
        '<orcid-connect href="BASE/connect">\n'
        '  <a href="BASE/connect">Connect your ORCID iD</a>\n'
        "</orcid-connect>",
    ),
    Code(
        "Python, Jinja",
        "{{ orcid.script }}\n{{ orcid.element(user.id, tenant, href='/to-orcid') }}\n\n"
        "# /to-orcid, at the moment the button is pressed:\n"
        "url = orcid.connect_url(user.id, tenant, return_to=page,\n"
        "                        display=request.query_params.get('display'))\n"
        "return RedirectResponse(url, headers={'Referrer-Policy': 'origin'})",
    ),
    Code("Django", "{% load orcid %}\n{% orcid_head %}\n{% orcid_button %}"),
)
STATES_CODE: Final = (
    Code(
        "HTML",
        '<orcid-connect state="connected" orcid="0000-0002-1825-0097" name="Josiah Carberry">\n'
        '<orcid-connect state="refused">\n'
        '<orcid-connect size="small">  <!-- small, medium, large -->\n'
        '<orcid-connect lang="ar">     <!-- else the language of the page -->\n'
        '<orcid-connect display="page">  <!-- no popup -->\n'
        '<orcid-connect purpose="read" return-to="/submit">\n'
        '<orcid-connect watch="…">     <!-- orcid.watch(…), or from POST /tickets -->',
    ),
)
ELEMENT_CODE: Final = (
    Code(
        "JavaScript",
        "// start, connected, refused, failed, closed\n"
        'document.addEventListener("orcid-connect:connected", (event) => {\n'
        "  console.log(event.detail.orcid, event.detail.name);\n"
        "});",
    ),
)
FRAGMENT_CODE: Final = (
    Code("Python", "button = Markup(await orcid.button(request, return_to='/submit'))"),
    Code("HTTP", "GET BASE/button?return_to=/submit"),
)
ID_CODE: Final = (
    Code(
        "Python, Jinja",
        "from orcid_connect import display\n"
        "templates.env.globals['orcid_id'] = display.as_html\n\n"
        "{{ orcid_id(author, 'inline') }}",
    ),
    Code("Django", '{% orcid_id author shape="inline" %}'),
    Code("HTTP", "GET BASE/display/0000-0002-1825-0097?shape=inline&name=Josiah+Carberry"),
    Code(
        "Python",
        "orcid.display_url(tenant, author.orcid, 'inline', author.name)  # proved, if it is\n"
        "display.as_text(author)  # for a mail",
    ),
)
AUTHORS_CODE: Final = (
    Code(
        "Python",
        "authors = await orcid.identities(tenant, [(one.name, one.orcid) for one in article])\n"
        "display.authors_as_html(authors)",
    ),
    Code("Django", "{% orcid_authors authors %}"),
)
THEME_CODE: Final = (
    Code(
        "CSS",
        ":root {\n"
        "  --oc-accent: light-dark(#7a1f3d, #f0a8c0);\n"
        "  --oc-accent-strong: light-dark(#5c142c, #f7c9d8);\n"
        "  --oc-on-accent: light-dark(#fff, #2a0a15);\n"
        "  --oc-radius: 0;\n"
        "  --oc-font: Georgia, serif;\n"
        "}\n"
        "orcid-connect::part(why) { display: none; }  /* say yourself what it is for */\n"
        "/* parts: root, button, icon, label, why, id, name, note */",
    ),
)
