// A place over the years: its values with their intervals, the breaks of the series, and the year
// that the map shows. Another year is chosen by a click or by the arrow keys.

import { element, svg } from "./dom.js";
import { count, interval, number, period as periodText } from "./format.js";
import { breaksBetween, seriesOf } from "./series.js";
import { _, inLanguage } from "./words.js";

const WIDTH = 288;
const HEIGHT = 92;
const EDGE = { left: 8, right: 8, top: 8, bottom: 20 };

const kept = new Map();

// The values of a place over every period, asked for once; a failed one is asked for again.
export function historyOf(prefix, id, { group, denominator }) {
  const query = new URLSearchParams({ group });
  if (denominator) query.set("denominator", denominator);
  const address = inLanguage(`${prefix}${encodeURIComponent(id)}?${query}`);
  if (!kept.has(address)) {
    const found = load(address);
    found.catch(() => kept.delete(address));
    kept.set(address, found);
  }
  return kept.get(address);
}

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}

export class History {
  // `view` has indicator, words, showUnreliable, period and onPeriod(period).
  constructor(found, name, view) {
    this.view = view;
    this.periods = seriesOf(found.periods, view.period);
    this.points = this.periods.map((period) => pointOf(found, found.periods.indexOf(period), view));
    const top = Math.max(...this.points.map(({ value, upper }) => Math.max(value ?? 0, upper ?? 0)));
    this.top = top || 1;
    this.node = element("div", {
      class: "years", role: "slider", tabindex: "0", "aria-orientation": "horizontal",
      "aria-label": _("{name} over time", { name }), "aria-valuemin": 0, "aria-valuemax": this.periods.length - 1,
    }, this.#draw(found.breaks));
    this.node.addEventListener("keydown", (event) => this.#press(event));
    this.node.addEventListener("click", ({ clientX }) => {
      const box = this.node.getBoundingClientRect();
      const part = ((clientX - box.left) / box.width) * WIDTH;
      this.#go(Math.round(((part - EDGE.left) / this.#across) * (this.periods.length - 1)));
    });
    this.show(view.period);
  }

  // Whether there is a line to draw: two values at least.
  get drawn() {
    return this.points.filter(({ value }) => value !== null).length > 1;
  }

  show(period) {
    this.view.period = period;
    const at = this.periods.indexOf(period);
    const x = this.#x(at);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    const { value } = this.points[at];
    this.now.setAttribute("visibility", value === null ? "hidden" : "visible");
    if (value !== null) {
      this.now.setAttribute("cx", x);
      this.now.setAttribute("cy", this.#y(value));
    }
    this.node.setAttribute("aria-valuenow", at);
    this.node.setAttribute("aria-valuetext", `${periodText(period)}: ${this.points[at].said}`);
  }

  get #across() {
    return WIDTH - EDGE.left - EDGE.right;
  }

  #x(index) {
    return EDGE.left + (index / Math.max(this.periods.length - 1, 1)) * this.#across;
  }

  #y(value) {
    return HEIGHT - EDGE.bottom - (value / this.top) * (HEIGHT - EDGE.top - EDGE.bottom);
  }

  #press(event) {
    const at = this.periods.indexOf(this.view.period);
    const last = this.periods.length - 1;
    const to = {
      ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#go(to);
  }

  #go(index) {
    const period = this.periods[Math.max(0, Math.min(this.periods.length - 1, index))];
    if (period !== this.view.period) this.view.onPeriod(period);
  }

  #draw(breaks) {
    const { periods, points } = this;
    const last = periods.length - 1;
    const at = (index, value) => `${this.#x(index).toFixed(1)},${this.#y(value).toFixed(1)}`;
    const stretches = stretchesOf(points, periods, breaks);
    const bands = stretches.map((stretch) => {
      const bounded = stretch.filter((index) => points[index].upper !== null);
      if (bounded.length < 2) return "";
      const upper = bounded.map((index) => at(index, points[index].upper));
      const lower = bounded.map((index) => at(index, points[index].lower)).reverse();
      return svg("polygon", { class: "years-band", points: [...upper, ...lower].join(" ") });
    });
    const lines = stretches.map((stretch) => svg("polyline", {
      class: "years-line", points: stretch.map((index) => at(index, points[index].value)).join(" "),
    }));
    const dots = points.flatMap(({ value, said }, index) => (value === null ? [] : [svg("circle", {
      class: "years-dot", cx: this.#x(index).toFixed(1), cy: this.#y(value).toFixed(1), r: 2,
    }, svg("title", {}, `${periodText(periods[index])}: ${said}`))]));
    const cuts = periods.slice(1).flatMap((period, index) => breaksBetween(breaks, periods[index], period)
      .map(({ year, text }) => {
        const x = this.#x(index + 0.5).toFixed(1);
        return svg("line", { class: "years-break", x1: x, x2: x, y1: 2, y2: HEIGHT - EDGE.bottom },
          svg("title", {}, `${year}: ${text}`));
      }));
    const base = HEIGHT - EDGE.bottom;
    this.cursor = svg("line", { class: "years-cursor", y1: 2, y2: base });
    this.now = svg("circle", { class: "years-now", r: 4.5 });
    const label = (index, anchor) => svg("text", {
      class: "strip-label", x: this.#x(index), y: HEIGHT - 5, "text-anchor": anchor,
    }, periodText(periods[index]));
    return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
      svg("line", { class: "strip-axis", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: base, y2: base }),
      ...bands, ...cuts, this.cursor, ...lines, ...dots, this.now, label(0, "start"), label(last, "end"));
  }
}

// A period in numbers to draw, null where there is none, and in words.
function pointOf(found, index, { indicator, words, showUnreliable }) {
  const status = found.statuses[found.status[index]];
  const reliability = found.reliabilities[found.reliability[index]];
  const nothing = { value: null, lower: null, upper: null };
  if (status !== "ok") return { ...nothing, said: words[status].title };
  const [value, lower, upper] = [found.value[index], found.lower[index], found.upper[index]];
  if (indicator.per === null) return { ...nothing, value, said: `${count(value)} ${indicator.noun}` };
  if (reliability === "unreliable" && !showUnreliable) {
    return { ...nothing, said: _("Rate not shown: too few events") };
  }
  const figure = `${number(value)} ${indicator.unit}`;
  const said = lower === null ? figure
    : _("{figure}, 95 % interval {interval}", { figure, interval: interval(value, lower, upper) });
  return { value, lower, upper, said };
}

// Runs of periods with values, cut where a year is missing or the series breaks.
function stretchesOf(points, periods, breaks) {
  const stretches = [];
  points.forEach(({ value }, index) => {
    if (value === null) return;
    const joined = index > 0 && points[index - 1].value !== null
      && !breaksBetween(breaks, periods[index - 1], periods[index]).length;
    if (joined) stretches.at(-1).push(index);
    else stretches.push([index]);
  });
  return stretches;
}
