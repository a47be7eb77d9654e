// What a map may show in place of its values: who reported, or how places stand beside others. Each
// is fetched when it is asked for, with the module that draws it and says it.

// `(state) -> Promise<lens or null>`; null is the values. A lens has `title`, `paint`, `marks`,
// `lines`, `legend`, `summary`, `readout`, `follow` and `leave`.
export function lensLoader({ reporting, difference }) {
  let reports = null;
  let differences = null;
  return async (state) => {
    if (state.show === "reporting" && reporting) {
      const module = await import("./reporting-lens.js");
      reports ??= module.reportCache(reporting.answers);
      return new module.ReportingLens(await reports(state.period, state.group), reporting.words);
    }
    if ((state.show === "difference" || state.show === "similar") && difference) {
      const module = await import("./difference-lens.js");
      differences ??= module.differenceCache(difference.answers);
      return new module.DifferenceLens(state, await differences(state), difference);
    }
    return null;
  };
}
