// Who reported, with what draws it and says it: fetched where that is what a map shows.

// `(period, group) -> Promise<report>`; a report has its places, and the modules `draw` and `say`.
export function reportLoader(prefix) {
  let ask = null;
  return async (period, group) => {
    const [draw, say] = await Promise.all([import("./reporting.js"), import("./reporting-panel.js")]);
    ask ??= draw.reportCache(prefix);
    return { ...await ask(period, group), draw, say };
  };
}
