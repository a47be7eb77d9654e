// Periods in a row: single years, or pooled ones.

// The periods that are as the one that is shown: years for a year, pooled ones for a pooled one.
export function seriesOf(periods, period) {
  const pooled = period.includes("-");
  return periods.filter((each) => each.includes("-") === pooled);
}

// The breaks of the series that lie between two periods, whichever is the earlier: the year of a
// break is the first after it.
export function breaksBetween(breaks, one, other) {
  const [from, to] = [one, other].map((period) => Number(period.split("-").at(-1))).sort((a, b) => a - b);
  return breaks.filter(({ year }) => from < year && year <= to);
}
