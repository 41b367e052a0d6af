"""What every page of HTML has: one style, and a policy that allows nothing else."""

import base64
import hashlib

from cmis_audit.resources import report_templates


def template_file(name: str) -> str:
    return (report_templates() / name).read_text("utf-8")


def page_style() -> str:
    """Return the style of a page: its colours, itself, the pictures in it."""
    return "".join(map(template_file, ("colours.css", "report.css", "picture.css")))


def policy(**parts: str) -> str:
    """Return the policy under which nothing but these texts is used: `style=`, `script=`."""
    sources = (
        f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'; "
        for kind, text in parts.items()
    )
    return f"default-src 'none'; {''.join(sources)}base-uri 'none'; form-action 'none'"
