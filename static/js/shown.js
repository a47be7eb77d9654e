// What a map shows: a state, the figures that came for it, and how they are read.

import { classesCache } from "./classes.js";
import { classified, columnCache } from "./column.js";
import { dividedBy } from "./divisor.js";
import { matcher } from "./filter.js";
import { period as periodText } from "./format.js";
import { rangesOf } from "./legend.js";
import { lensLoader } from "./lenses.js";
import { headline, tooltipLines } from "./readout.js";
import { _ } from "./words.js";

// What the figures depend on: while one of them changes, an answer for another is late.
const ASKED = ["period", "group", "denominator", "show", "classes", "palette"];

// Where figures come from, each fetched once; views may share them.
export function loadersOf(configuration) {
  const { indicator } = configuration;
  return {
    columns: columnCache(indicator.columns),
    classes: classesCache(indicator.classing, indicator.state, indicator.drawn),
    lenses: lensLoader(configuration),
  };
}

export class Shown {
  constructor(configuration, loaders) {
    const { indicator, layer, words } = configuration;
    this.own = indicator;
    this.layer = layer;
    this.words = words;
    this.comparing = configuration.difference?.places ?? null;
    this.loaders = loaders;
    this.symbols = indicator.per === null;
    // One object for good: others hold on to it.
    this.state = { ...indicator.state };
    this.indicator = dividedBy(indicator, this.state.denominator);
    this.column = null;
    // What the map shows in place of the values, if anything.
    this.lens = null;
    // Classes that the reader chose instead of the release's, or null.
    this.drawn = null;
  }

  // Fetch what the state asks for. False where another was asked for meanwhile; throws where it fails.
  async load() {
    const { state, loaders } = this;
    const asked = { ...state };
    const [column, lens, drawn] = await Promise.all([
      loaders.columns(asked),
      loaders.lenses(asked),
      asked.classes || asked.palette ? loaders.classes(asked) : null,
    ]);
    const fields = asked.show === "similar" ? [...ASKED, "jurisdiction"] : ASKED;
    if (fields.some((field) => asked[field] !== state[field])) return false;
    this.column = asked.classes ? classified(column, drawn.bounds) : column;
    this.lens = lens;
    this.drawn = drawn;
    this.indicator = dividedBy(this.own, state.denominator);
    return true;
  }

  // Have the figures of another state at hand before they are asked for.
  prefetch(state) {
    const { columns, lenses } = this.loaders;
    return Promise.all([columns(state), lenses(state)]);
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

  // Where a place is compared with others; null for a count.
  compareAddress(id) {
    if (!this.comparing) return null;
    // It has a query of its own where the page is in another language.
    const [path, own] = this.comparing.split("?");
    const { period, group } = this.state;
    const query = new URLSearchParams({ layer: this.layer.key, first: id, period });
    if (group !== "all") query.set("group", group);
    return `${path}?${query}${own ? `&${own}` : ""}`;
  }

  // As mapsvc/maps/choropleth.py: for screen readers and the browser's tab.
  get label() {
    const { indicator, layer, state, lens } = this;
    const beside = state.compare && state.compare !== state.period
      ? _(", compared with {period}", { period: periodText(state.compare) }) : "";
    const named = { title: indicator.title, singular: layer.singular, when: this.when + beside };
    const said = state.denominator && state.show !== "reporting"
      ? _("{title} by {singular}, {when}, divided by: {divisor}", { ...named, divisor: indicator.divisor })
      : _("{title} by {singular}, {when}", named);
    return lens ? `${lens.title}: ${said}` : said;
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
    const { column, lens, symbols, chosen } = this;
    const options = this.options(theme);
    const reference = options.reference ?? 1;
    return { theme, column, lens, symbols, chosen, options, reference };
  }

  linesOf(id) {
    const { indicator, words, showUnreliable, lens } = this;
    const value = this.column.get(id);
    return lens
      ? lens.lines(id, headline(value, indicator, words, showUnreliable), indicator.unit)
      : tooltipLines(value, indicator, words, showUnreliable);
  }

  // A place in words, for those who do not see it: its number, its class, its interval.
  describe(id) {
    const [first, ...rest] = this.linesOf(id);
    const value = this.lens ? null : this.column.get(id);
    if (value?.status !== "ok") return [first, ...rest];
    const shown = !this.symbols && (this.showUnreliable || value.reliability !== "unreliable");
    if (!this.symbols && !shown) return [first, ...rest];
    return [
      `${first} ${this.indicator.unit}`,
      ...(shown ? [_("Class {range}", { range: rangesOf(this.classes.bounds)[value.class] })] : []), ...rest,
    ];
  }
}
