"""The page's templates, rendered. They hold no figures: those come as JSON and are set as text by the scripts."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse


@cache
def _templates() -> Environment:
    loader = PackageLoader("chatbot.transports", "web_templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


def page(name: str, banner: str) -> HTMLResponse:
    """The page `name` ("chat" or "dashboard"), headed by `banner`."""
    return HTMLResponse(_templates().get_template(f"{name}.html").render(banner=banner, page=name))


def locked_page() -> HTMLResponse:
    """For whoever comes without the link: where to find it."""
    return HTMLResponse(_templates().get_template("locked.html").render(), 401)
