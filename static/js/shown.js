// What a map shows: a state, the figures that came for it, and how they are read.

import { classesCache } from "./classes.js";
import { classified, columnCache } from "./column.js";
import { dividedBy } from "./divisor.js";
import { matcher } from "./filter.js";
import { period as periodText } from "./format.js";
import { rangesOf } from "./legend.js";
import { tooltipLines } from "./readout.js";
import { reportLoader } from "./reports.js";

// What the figures depend on: while one of them changes, an answer for another is late.
const ASKED = ["period", "group", "denominator", "show", "classes", "palette"];

// Where figures come from, each fetched once; views may share them.
export function loadersOf({ indicator, reporting }) {
  return {
    columns: columnCache(indicator.columns),
    classes: classesCache(indicator.classing, indicator.state, indicator.drawn),
    reports: reporting ? reportLoader(reporting.answers) : null,
  };
}

export class Shown {
  constructor(configuration, loaders) {
    const { indicator, layer, words, reporting } = configuration;
    this.own = indicator;
    this.layer = layer;
    this.words = words;
    this.reportWords = reporting?.words;
    this.loaders = loaders;
    this.symbols = indicator.per === null;
    // One object for good: others hold on to it.
    this.state = { ...indicator.state };
    this.indicator = dividedBy(indicator, this.state.denominator);
    this.column = null;
    // Who reported, where that is what the map shows.
    this.report = null;
    // Classes that the reader chose instead of the release's, or null.
    this.drawn = null;
  }

  // Fetch what the state asks for. False where another was asked for meanwhile; throws where it fails.
  async load() {
    const { state, loaders } = this;
    const asked = { ...state };
    const [column, report, drawn] = await Promise.all([
      loaders.columns(asked),
      asked.show === "reporting" && loaders.reports
        ? loaders.reports(asked.period, asked.group) : null,
      asked.classes || asked.palette ? loaders.classes(asked) : null,
    ]);
    if (ASKED.some((field) => asked[field] !== state[field])) return false;
    this.column = asked.classes ? classified(column, drawn.bounds) : column;
    this.report = report;
    this.drawn = drawn;
    this.indicator = dividedBy(this.own, state.denominator);
    return true;
  }

  // Have the figures of another state at hand before they are asked for.
  prefetch(state) {
    const { columns, reports } = this.loaders;
    const reporting = state.show === "reporting" && reports;
    return Promise.all([columns(state), reporting ? reports(state.period, state.group) : null]);
  }

  // The rows chosen in the legend: all are shown where there is none.
  get chosen() {
    return new Set(this.state.rows?.split(","));
  }

  // What the state's rows are once a row of the legend is pressed, or released; null releases all.
  rowsWith(category) {
    const { chosen } = this;
    if (category === null) chosen.clear();
    else if (!chosen.delete(category)) chosen.add(category);
    return [...chosen].sort().join() || null;
  }

  get showUnreliable() {
    return Boolean(this.state.unreliable);
  }

  get classes() {
    return this.drawn ?? this.indicator.classes[this.state.group] ?? this.indicator.classes.all;
  }

  get denominator() {
    const { period, group } = this.state;
    const at = this.indicator.denominators?.of[period]?.[group];
    return at === undefined ? null : this.indicator.denominators.sources[at];
  }

  // As mapsvc/maps/choropleth.py: for screen readers and the browser's tab.
  get label() {
    const { indicator, layer, state } = this;
    const reporting = state.show === "reporting";
    const other = state.denominator && !reporting ? `, divided by: ${indicator.divisor}` : "";
    return `${reporting ? "Who reported: " : ""}${indicator.title} by ${layer.singular}, ${this.when}${other}`;
  }

  get group() {
    return this.state.group === "all" ? "" : `${this.indicator.groups[this.state.group]}, `;
  }

  get when() {
    return this.group + periodText(this.state.period);
  }

  // The count that the largest circle stands for: the same in every year, larger for pooled years.
  get reference() {
    const values = [...(this.column?.values.values() ?? [])].map((value) => value.value ?? 0);
    return Math.max(this.classes.bounds.at(-1) ?? 1, ...values, 1);
  }

  options(theme) {
    const { symbols, showUnreliable, words, chosen } = this;
    return {
      theme, classes: this.classes, showUnreliable, symbols, words,
      matches: matcher(chosen, { symbols, showUnreliable }),
      reference: symbols ? this.reference : null, unit: this.indicator.noun,
    };
  }

  // What a scene draws of this.
  scene(theme) {
    const { column, report, symbols, chosen } = this;
    const options = this.options(theme);
    const reference = options.reference ?? 1;
    return { theme, column, report, symbols, chosen, options, reference };
  }

  linesOf(id) {
    return this.report
      ? this.report.say.reportLines(this.report.get(id), this.report, this.reportWords)
      : tooltipLines(this.column.get(id), this.indicator, this.words, this.showUnreliable);
  }

  // A place in words, for those who do not see it: its number, its class, its interval.
  describe(id) {
    const [first, ...rest] = this.linesOf(id);
    const value = this.report ? null : this.column.get(id);
    if (value?.status !== "ok") return [first, ...rest];
    const shown = !this.symbols && (this.showUnreliable || value.reliability !== "unreliable");
    if (!this.symbols && !shown) return [first, ...rest];
    return [
      `${first} ${this.indicator.unit}`,
      ...(shown ? [`Class ${rangesOf(this.classes.bounds)[value.class]}`] : []), ...rest,
    ];
  }
}
