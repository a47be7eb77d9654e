// The legend of the column that is shown: every class, every status that occurs, each with its
// swatch, its words and how many places it has.

import { showChoices } from "./choices.js";
import { element } from "./dom.js";
import { categoriesOf } from "./filter.js";
import { bound as boundText, count } from "./format.js";
import { Patterns } from "./patterns.js";
import { coloursOf, drawSymbol, radiusOf, styleOf } from "./style.js";
import { _ } from "./words.js";

const STATUSES = ["not_reported", "suppressed", "not_applicable", "no_boundary"];

// Returns the rows that it shows, `{key, title, some}`. With `choices` they are buttons that filter.
export function showLegend(body, column, options, choices = null) {
  const rows = options.symbols ? symbolRows(column, options) : classRows(column, options);
  rows.push(...statusRows(column, options));
  const before = options.symbols ? [sizes(options)] : asChosen(options.classes);
  if (choices) showChoices(body, before, rows, choices);
  else body.replaceChildren(...before, element("ul", { class: "legend-rows" }, ...rows.map(plainRow)));
  return rows;
}

// Classes that are not the published ones are named.
function asChosen({ title }) {
  return title ? [element("p", { class: "legend-how" }, _("Classes as chosen: {title}", { title }))] : [];
}

function classRows(column, options) {
  const { classes, theme, showUnreliable, words } = options;
  const colours = coloursOf(classes, theme);
  const numbers = new Map();
  for (const value of column.values.values()) {
    for (const key of categoriesOf(value, options)) numbers.set(key, (numbers.get(key) ?? 0) + 1);
  }
  const numberOf = (key) => numbers.get(key) ?? 0;
  const rows = rangesOf(classes.bounds).map((title, index) => ({
    key: `class-${index}`,
    swatch: fillSwatch({ colour: colours[index] }),
    title,
    some: numberOf(`class-${index}`),
  })).reverse();
  for (const key of ["use_with_caution", "unreliable"]) {
    const some = numberOf(key);
    if (!some) continue;
    const example = { status: "ok", reliability: key, class: Math.min(2, colours.length - 1) };
    const hidden = key === "unreliable" && !showUnreliable;
    rows.push({
      key,
      swatch: fillSwatch(styleOf(example, colours, theme, showUnreliable)),
      title: hidden ? _("Rate not shown: too few events") : words[key].title,
      some,
      text: hidden ? _("Fewer than 10 events, or a very wide interval. Choose a place for its count.")
        : words[key].text,
    });
  }
  return rows;
}

function symbolRows(column, options) {
  const { theme, reference } = options;
  const some = [...column.values.values()].filter(
    (value) => categoriesOf(value, options).includes("zero"),
  ).length;
  if (!some) return [];
  const swatch = symbolSwatch({ status: "ok", value: 0 }, reference, theme);
  return [{ key: "zero", swatch, title: _("Zero"), some }];
}

function statusRows(column, { theme, symbols, reference, words, classes }) {
  const values = [...column.values.values()];
  return STATUSES.flatMap((status) => {
    const some = values.filter((value) => value.status === status).length;
    if (!some) return [];
    let swatch;
    if (status === "no_boundary") swatch = element("span", { class: "swatch swatch-none" });
    else if (symbols) swatch = symbolSwatch({ status }, reference, theme);
    else swatch = fillSwatch(styleOf({ status }, coloursOf(classes, theme), theme, false));
    return [{ key: status, swatch, title: words[status].title, some, text: words[status].text }];
  });
}

function plainRow({ swatch, title, some, text }) {
  return element(
    "li", { class: "legend-row" },
    swatch,
    element("span", { class: "legend-text" }, title,
      text ? element("small", {}, text) : null),
    element("span", { class: "legend-count", title: _("{n} on this map", { n: count(some) }) }, count(some)),
  );
}

// Ranges as they are read: "up to 1,200", "1,200 to 2,100".
export function rangesOf(bounds) {
  return bounds.map((bound, index) => (index === 0
    ? _("Up to {upper}", { upper: boundText(bound) })
    : _("{lower} to {upper}", { lower: boundText(bounds[index - 1]), upper: boundText(bound) })));
}

function canvasOf(width, height, name) {
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  const canvas = element("canvas", { class: name, "aria-hidden": "true" });
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  return { canvas, context, ratio };
}

export function fillSwatch(style) {
  const { canvas, context, ratio } = canvasOf(30, 18, "swatch");
  context.fillStyle = style.colour;
  context.fillRect(0, 0, 30, 18);
  if (style.pattern) {
    const patterns = new Patterns(context, ratio);
    context.fillStyle = patterns.get(
      style.pattern, style.ink, new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]),
    );
    context.fillRect(0, 0, 30, 18);
  }
  return canvas;
}

function symbolSwatch(value, reference, theme) {
  const { canvas, context } = canvasOf(30, 18, "swatch swatch-symbol");
  drawSymbol(context, value, 15, 9, reference, theme);
  return canvas;
}

// Three circles inside one another, each with its number.
function sizes({ reference, theme, unit }) {
  const steps = [...new Set([1, 0.3, 0.05].map((part) => nice(reference * part)))];
  const largest = radiusOf(steps[0], reference);
  const height = Math.ceil(2 * largest + 12);
  const { canvas, context } = canvasOf(230, height, "legend-sizes");
  const base = height - 5;
  context.font = `12px ${theme.font}`;
  context.textBaseline = "middle";
  let lastLabel = -Infinity;
  for (const step of steps) {
    const radius = radiusOf(step, reference);
    drawSymbol(context, { status: "ok", value: step }, largest + 4, base - radius, reference, theme);
    const y = Math.max(base - 2 * radius, lastLabel + 15);
    lastLabel = y;
    context.strokeStyle = theme.colours["empty-mark"];
    context.lineWidth = 0.75;
    context.beginPath();
    context.moveTo(largest + 4, base - 2 * radius);
    context.lineTo(2 * largest + 16, y);
    context.stroke();
    context.fillStyle = theme.colours.label;
    context.fillText(`${count(step)} ${unit}`, 2 * largest + 20, y);
  }
  canvas.removeAttribute("aria-hidden");
  canvas.setAttribute("role", "img");
  canvas.setAttribute(
    "aria-label",
    _("The area of a circle is the number: {numbers} {unit}", { numbers: steps.map(count).join(", "), unit }),
  );
  return canvas;
}

// The round number of 1, 2 or 5 at or below.
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const step = [5, 2, 1].find((factor) => factor * power <= value) ?? 1;
  return step * power;
}
