"""axe-core in a page: what it finds against WCAG 2.2 at A and AA, as lines that a failure shows."""

from functools import cache

from mapsvc import resources

SOURCE = resources.static().parent / "tests/node_modules/axe-core/axe.min.js"
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""axe's words for the rules of WCAG 2.0, 2.1 and 2.2; 2.2 has no machine-tested rule at A."""

_RUN = """async (levels) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: levels }, resultTypes: ["violations"],
  });
  return {
    rules: found.passes.length + found.violations.length,
    violations: found.violations.flatMap(({ id, nodes }) => nodes.map(
      ({ target, html, failureSummary }) =>
        `${id}: ${target.join(" ")}\\n  ${html.slice(0, 160)}\\n  ${failureSummary}`)),
  };
}"""


@cache
def _source():
    if not SOURCE.is_file():
        raise FileNotFoundError(f"{SOURCE} is not there: run `scripts/test-vendor`.")
    return SOURCE.read_text("utf-8")


def violations(page):
    """Return a line for each element that breaks a rule; raises where axe had nothing to judge.

    The page keeps its policy: the driver evaluates the script, the page does not load it.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    # What moves is judged at rest: a colour that fades in has no contrast of its own.
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    found = page.evaluate(_RUN, list(LEVELS))
    assert found["rules"] > 0, "axe judged nothing"
    return found["violations"]
