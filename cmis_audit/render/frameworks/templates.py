"""The templates of source files; what goes into them is a literal or a word already."""

from functools import cache
from typing import TYPE_CHECKING

from cmis_audit.render.frameworks import literals
from cmis_audit.resources import report_templates

if TYPE_CHECKING:
    from jinja2 import Environment


def filled(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(lambda name: (report_templates() / name).read_text(encoding="utf-8")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(
        comment=literals.comment,
        python=literals.python_string,
        python_text=literals.python_text,
        php=literals.php_string,
        php_text=literals.php_text,
    )
    return environment
