// What an indicator is divided by: its own denominator, or another that the reader chose.

import { element } from "./dom.js";
import { period as periodText } from "./format.js";
import { _ } from "./words.js";

// The indicator with unit, classes and sources of a denominator; no key is its own.
export function dividedBy(indicator, key) {
  return key ? { ...indicator, ...indicator.alternatives[key] } : indicator;
}

export function hasFigures({ per, known }, period, group) {
  return per === null || known[group].includes(period);
}

// Say why a map is empty, and offer the nearest period that is not.
export function showLack(node, indicator, { period, group }, onPeriod) {
  if (!node) return;
  node.hidden = hasFigures(indicator, period, group);
  if (node.hidden) {
    node.replaceChildren();
    return;
  }
  const title = indicator.titles[group];
  const known = indicator.known[group];
  node.replaceChildren(known.length
    ? _("“{title}” has no figures for {period}: it has them for {known}.", {
      title, period: periodText(period), known: spans(known),
    }) : _("“{title}” has no figures for this group.", { title }), " ");
  const instead = nearest(indicator, period, group);
  if (!instead) return;
  const button = element("button", { type: "button", class: "link" }, _("Show {period}", { period: periodText(instead) }));
  button.addEventListener("click", () => onPeriod(instead));
  node.append(button);
}

// As mapsvc/maps/text.py: years in a row as one span, pooled periods after them.
function spans(periods) {
  const runs = [];
  for (const year of periods.filter((text) => !text.includes("-")).map(Number)) {
    if (runs.at(-1)?.at(-1) === year - 1) runs.at(-1).push(year);
    else runs.push([year]);
  }
  const single = runs.map((run) => [...new Set([run[0], run.at(-1)])].join("–")).join(", ");
  const pooled = periods.filter((text) => text.includes("-")).map(periodText).join(", ");
  return [single, pooled && _("pooled {periods}", { periods: pooled })].filter(Boolean).join("; ");
}

// As mapsvc/release/alternatives.py: of the periods with figures, the nearest of those as long.
function nearest(indicator, period, group) {
  const distance = (text) => [
    Math.abs(lengthOf(text) - lengthOf(period)), Math.abs(lastOf(text) - lastOf(period)),
  ];
  const [found] = indicator.periods
    .filter((text) => hasFigures(indicator, text, group))
    .map((text) => ({ text, far: distance(text) }))
    .sort((a, b) => a.far[0] - b.far[0] || a.far[1] - b.far[1]);
  return found?.text ?? null;
}

function lastOf(period) {
  return Number(period.split("-").at(-1));
}

function lengthOf(period) {
  return lastOf(period) - Number(period.split("-")[0]) + 1;
}
