// The legend of the column that is shown: every class, every status that occurs, each with its
// swatch, its words and how many places it has.

import { element } from "./dom.js";
import { bound as boundText, count } from "./format.js";
import { Patterns } from "./patterns.js";
import { coloursOf, drawSymbol, radiusOf, styleOf } from "./style.js";

const STATUSES = ["not_reported", "suppressed", "not_applicable", "no_boundary"];

export function showLegend(body, column, options) {
  const rows = options.symbols ? symbolRows(column, options) : classRows(column, options);
  body.replaceChildren(
    ...(options.symbols ? [sizes(options)] : []),
    element("ul", { class: "legend-rows" }, ...rows, ...statusRows(column, options)),
  );
}

function classRows(column, { classes, theme, showUnreliable, words }) {
  const colours = coloursOf(classes, theme);
  const values = [...column.values.values()];
  const shown = (value) => value.status === "ok"
    && (showUnreliable || value.reliability !== "unreliable");
  const ranges = rangesOf(classes.bounds);
  const rows = ranges.map((range, index) => row(
    fillSwatch({ colour: colours[index] }),
    range,
    values.filter((value) => shown(value) && value.class === index).length,
  )).reverse();
  for (const name of ["use_with_caution", "unreliable"]) {
    const some = values.filter((value) => value.status === "ok" && value.reliability === name);
    if (!some.length) continue;
    const example = { status: "ok", reliability: name, class: Math.min(2, colours.length - 1) };
    const hidden = name === "unreliable" && !showUnreliable;
    rows.push(row(
      fillSwatch(styleOf(example, colours, theme, showUnreliable)),
      hidden ? "Rate not shown: too few events" : words[name].title,
      some.length,
      hidden ? "Fewer than 10 events, or a very wide interval. Choose a place for its count."
        : words[name].text,
    ));
  }
  return rows;
}

function symbolRows(column, { theme, reference }) {
  const zeros = [...column.values.values()].filter(
    (value) => value.status === "ok" && value.value === 0,
  ).length;
  if (!zeros) return [];
  return [row(symbolSwatch({ status: "ok", value: 0 }, reference, theme), "Zero", zeros)];
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
    return [row(swatch, words[status].title, some, words[status].text)];
  });
}

function row(swatch, title, some, text = "") {
  return element(
    "li", { class: "legend-row" },
    swatch,
    element("span", { class: "legend-text" }, title,
      text ? element("small", {}, text) : null),
    element("span", { class: "legend-count", title: `${count(some)} on this map` }, count(some)),
  );
}

// Ranges as they are read: "up to 1,200", "1,200 to 2,100".
export function rangesOf(bounds) {
  return bounds.map((bound, index) => (index === 0
    ? `Up to ${boundText(bound)}` : `${boundText(bounds[index - 1])} to ${boundText(bound)}`));
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
    "aria-label", `The area of a circle is the number: ${steps.map(count).join(", ")} ${unit}`,
  );
  return canvas;
}

// The round number of 1, 2 or 5 at or below.
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const step = [5, 2, 1].find((factor) => factor * power <= value) ?? 1;
  return step * power;
}
