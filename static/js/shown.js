// What a map shows: a state, the figures that came for it, and how they are read.

import { columnCache } from "./column.js";
import { dividedBy } from "./divisor.js";
import { matcher } from "./filter.js";
import { period as periodText } from "./format.js";
import { rangesOf } from "./legend.js";
import { lensLoader } from "./lenses.js";
import { headline, tooltipLines } from "./readout.js";

// What the figures depend on: while one of them changes, an answer for another is late.
const ASKED = ["period", "group", "denominator", "show"];

// Where figures come from, each fetched once; views may share them.
export function loadersOf(configuration) {
  return { columns: columnCache(configuration.indicator.columns), lenses: lensLoader(configuration) };
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
    // The rows chosen in the legend, and what they are rows of.
    this.chosen = new Set();
    this.chosenOf = "";
    this.showUnreliable = false;
  }

  // Fetch what the state asks for. False where another was asked for meanwhile; throws where it fails.
  async load() {
    const { state, loaders } = this;
    const asked = { ...state };
    const [column, lens] = await Promise.all([loaders.columns(asked), loaders.lenses(asked)]);
    const fields = asked.show === "similar" ? [...ASKED, "jurisdiction"] : ASKED;
    if (fields.some((field) => asked[field] !== state[field])) return false;
    this.column = column;
    this.lens = lens;
    // Other classes, other rows: a choice among them would mean something else.
    const of = [asked.show, asked.group, asked.denominator].join();
    if (of !== this.chosenOf) this.chosen.clear();
    this.chosenOf = of;
    this.indicator = dividedBy(this.own, state.denominator);
    return true;
  }

  // Press a row of the legend, or release it; null releases all.
  choose(category) {
    if (category === null) this.chosen.clear();
    else if (!this.chosen.delete(category)) this.chosen.add(category);
  }

  get classes() {
    return this.indicator.classes[this.state.group] ?? this.indicator.classes.all;
  }

  get denominator() {
    const { period, group } = this.state;
    const at = this.indicator.denominators?.of[period]?.[group];
    return at === undefined ? null : this.indicator.denominators.sources[at];
  }

  // Where a place is compared with others; null for a count.
  compareAddress(id) {
    const prefix = this.comparing;
    if (!prefix) return null;
    const { period, group } = this.state;
    const query = new URLSearchParams({ layer: this.layer.key, first: id, period });
    if (group !== "all") query.set("group", group);
    return `${prefix}?${query}`;
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
      ...(shown ? [`Class ${rangesOf(this.classes.bounds)[value.class]}`] : []), ...rest,
    ];
  }
}
