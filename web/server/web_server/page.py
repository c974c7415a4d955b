"""The built HTML, into which the server writes the API's address, the language and the theme."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from web_server.files import BuiltFile, NotBuilt

Locale: TypeAlias = Literal["en", "hi"]
LOCALES: tuple[Locale, ...] = ("en", "hi")
THEMES = ("light", "dark")

_ROOT = '<html lang="en">'
_API_BASE = re.compile(r'<meta name="api-base"[^>]*>')
MAX_ACCEPT_LANGUAGE_CHARS = 200


@dataclass(frozen=True)
class View:
    """The options of one request for the page."""

    locale: Locale = "en"
    theme: str = ""
    order_path: str = ""
    """Of the API: fetched while the script still loads."""
    return_url: str = ""
    refusal: str = ""
    """Why nothing can be paid here: the page then says only this."""


class Template:
    """``render`` gives the page; raises NotBuilt at once if the build lacks a place to write to."""

    def __init__(self, files: Mapping[str, BuiltFile], public_api_url: str) -> None:
        self._page = files["index.html"].bodies["identity"].decode()
        if self._page.count(_ROOT) != 1 or len(_API_BASE.findall(self._page)) != 1:
            raise NotBuilt("index.html is not a page that this server knows")
        self._api = public_api_url
        self._messages = {locale: _messages(files, locale) for locale in LOCALES}

    def render(self, view: View) -> str:
        theme = f' data-theme="{view.theme}"' if view.theme in THEMES else ""
        page = self._page.replace(_ROOT, f'<html lang="{view.locale}"{theme}>')
        return _API_BASE.sub(lambda _: self._head(view), page)

    def _head(self, view: View) -> str:
        head = [_meta("api-base", self._api)]
        if view.return_url:
            head.append(_meta("return-url", view.return_url))
        if view.refusal:
            head.append(_meta("refusal", view.refusal))
        if view.order_path:
            href = html.escape(self._api + view.order_path)
            head.append(f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{href}">')
        texts = self._messages[view.locale]
        head.append(f'<script type="application/json" id="messages-{view.locale}">{texts}</script>')
        return "".join(head)


def choose_locale(wanted: str, accept_language: str) -> Locale:
    """The language the SDK asks for, else the browser's first supported one, else English."""
    preferred = [
        part.split(";")[0].strip() for part in accept_language[:MAX_ACCEPT_LANGUAGE_CHARS].split(",")
    ]
    for tag in [wanted, *preferred]:
        for locale in LOCALES:
            if tag.lower().split("-")[0] == locale:
                return locale
    return "en"


def _messages(files: Mapping[str, BuiltFile], locale: Locale) -> str:
    """JSON inside HTML: without ``<`` nothing in it can end the element."""
    name = next((name for name in files if re.fullmatch(rf"assets/{locale}-[\w-]+\.json", name)), None)
    if name is None:
        raise NotBuilt(f"the texts in {locale} are missing from the build")
    return files[name].bodies["identity"].decode().replace("<", "\\u003c")


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{html.escape(content)}">'
