"""The Markdown report with its pictures, which lie beside it: `report.md`, `pictures/*.svg`."""

from collections.abc import Mapping
from typing import Final

from cmis_audit.model.report import Report
from cmis_audit.render import er_picture
from cmis_audit.render.charts_trend import score_chart
from cmis_audit.render.contents import Contents, contents
from cmis_audit.render.html_cards import merges_into_one
from cmis_audit.render.map_picture import schema_map
from cmis_audit.render.markdown import PICTURES, REPORT, markdown_of
from cmis_audit.render.picture_file import picture_file
from cmis_audit.render.pictures import Picture, dial
from cmis_audit.render.waterfall import waterfall

MOST_GROUPS: Final = 40
"""Groups that are drawn before and after, two files each; the others have a diagram in the text."""


def render_illustrated(report: Report) -> Mapping[str, str]:
    """Return the report and the pictures that it shows, by name of file."""
    told = contents(report)
    shown = {f"{PICTURES}/{name}.svg": picture for name, picture in _pictures(told).items()}
    files = {place: picture_file(picture) for place, picture in shown.items()}
    return {REPORT: markdown_of(told, {place: one.title for place, one in shown.items()}), **files}


def _pictures(told: Contents) -> dict[str, Picture]:
    report = told.report
    found = {"score": dial(report.score.value, report.score.grade, report.score.label)}
    if any(one.points for one in report.score.deductions):
        found["waterfall"] = waterfall(report.score)
    if len(report.trend) > 1:
        found["trend"] = score_chart(report.trend)
    if report.totals.tables:
        found["map"] = schema_map(report, told.anchors, linked=False)
    plans = {each.cluster: each for each in report.plan.clusters} if report.plan else {}
    for section in told.consolidate[:MOST_GROUPS]:
        cluster = section.cluster
        found[f"{cluster.id}-before"] = er_picture.before(told.index, cluster)
        columns = section.outline.columns
        if merges_into_one(cluster) and columns:
            found[f"{cluster.id}-after"] = er_picture.after(
                told.index, cluster, columns, plans.get(cluster.id)
            )
    return found
