// Who reported, in words: the legend that filters, the card of a place, columns of the table.

import { showChoices } from "./choices.js";
import { element } from "./dom.js";
import { count, number, sentence } from "./format.js";
import { fillSwatch } from "./legend.js";
import { reportStyle } from "./reporting.js";
import { makeSortable } from "./table.js";
import { _ } from "./words.js";

// What was reported of what was due: "9 of 12 months". Mirrors mapsvc/maps/reporting.py.
function amount(part, { due, unit }) {
  const places = { part: count(Math.round(part * 10) / 10), due };
  return unit === "months" ? _("{part} of {due} months", places) : _("{part} of {due} years", places);
}

export function said(found, report, words) {
  const { title } = words[found.category];
  return found.category !== "partly" || found.part === null || report.due === null
    ? title : `${title}: ${amount(found.part, report)}`;
}

function percent(value) {
  if (value === null) return "";
  if (value >= 99.95 && value < 100) return _("over {percent}", { percent: "99.9 %" });
  if (value > 0 && value < 0.05) return _("under {percent}", { percent: "0.1 %" });
  return `${number(value, 1)} %`;
}

// A row for each category that occurs, with its count: a button that shows only what is pressed.
export function showReportLegend(body, report, view) {
  const { theme, words } = view;
  const rows = report.categories.filter((category) => report.counts[category]).map((category) => {
    const style = reportStyle(category, theme);
    return {
      key: category,
      swatch: style ? fillSwatch(style) : element("span", { class: "swatch swatch-none" }),
      ...words[category],
      some: report.counts[category],
    };
  });
  showChoices(body, [], rows, view);
}

export function reportSummary(report, { words, chosen, places, when }) {
  const shown = report.categories.filter(
    (category) => report.counts[category] && (!chosen.size || chosen.has(category)),
  );
  const parts = shown.map(
    (category) => `${words[category].title} ${count(report.counts[category])}`,
  );
  return _("Who reported, {when}, of {n} {places}: {parts}.", {
    when, n: count(report.places.size), places, parts: parts.join(", "),
  });
}

export function reportLines(found, report, words) {
  if (!found) return [_("Nothing known")];
  return [said(found, report, words), ...coverage(found)];
}

function coveredOf(share, of) {
  const said = percent(share);
  return of ? _("{percent} of {place}", { percent: said, place: of }) : said;
}

function coverage({ percent: share, of }) {
  if (share === null) return [];
  const places = { percent: percent(share), place: of };
  return [of ? _("{percent} of residents covered in {place}", places)
    : _("{percent} of residents covered", places)];
}

// Fill the card of a place. `value` is what the other view would show of it, in words.
export function showReportReadout(node, place, found, view) {
  const { report, words, when, indicator, value, profile, note, onClose } = view;
  const close = element("button", { type: "button", class: "close", "aria-label": _("Close") }, "×");
  close.addEventListener("click", onClose);
  const facts = element("dl", { class: "facts" });
  const fact = (term, text) => facts.append(element("dt", {}, term), element("dd", {}, text));
  if (found && report.due !== null && found.part !== null) {
    fact(report.unit === "months" ? _("Months reported") : _("Years reported"),
      _("{part} of {due}", { part: count(Math.round(found.part * 10) / 10), due: report.due }));
  }
  if (found && found.percent !== null) {
    fact(found.of ? _("Coverage of residents, {place}", { place: found.of }) : _("Coverage of residents"),
      percent(found.percent));
  }
  if (value) fact(indicator.unit[0].toUpperCase() + indicator.unit.slice(1), value);
  const explained = words[found?.category]?.text;
  node.replaceChildren(
    close,
    element("h2", {}, place.name),
    element("p", { class: "readout-kind" }, place.kind, " · ", when),
    element("p", { class: "readout-status" }, found ? said(found, report, words) : _("Nothing known")),
    explained ? element("p", { class: "readout-unit" }, explained) : "",
    note ? element("p", { class: "readout-note" }, sentence(note)) : "",
    facts.childElementCount ? facts : "",
    element("p", { class: "readout-links" },
      element("a", { href: profile }, _("All figures for {name}", place))),
  );
  node.hidden = false;
}

const COLUMNS = [
  ["report", _("Reporting"), false], ["part", _("Reported"), true],
  ["coverage", _("Coverage of residents"), true],
];

// Columns of the table that are there only in this view; `report` is null in the other.
export function followReport(table, report, words, chosen) {
  const head = table.tHead.rows[0];
  if (!head.querySelector('[data-column="report"]')) {
    if (!report) return;
    addColumns(table, head);
  }
  const found = [...(report?.places.values() ?? [])];
  const used = {
    report: Boolean(report),
    part: Boolean(report) && report.due !== null,
    coverage: found.some(({ percent: share }) => share !== null),
  };
  for (const cell of table.querySelectorAll(SELECTOR)) cell.hidden = !used[cell.dataset.column];
  for (const row of table.tBodies[0].rows) {
    const place = report?.get(row.dataset.id);
    row.hidden = Boolean(place) && chosen.size > 0 && !chosen.has(place.category);
    if (!place) continue;
    const { part, percent: share, of } = place;
    write(row, "report", words[place.category].title);
    write(row, "part",
      part === null || report.due === null ? "" : amount(part, report), part);
    write(row, "coverage", share === null ? "" : coveredOf(share, of), share);
  }
}

const SELECTOR = COLUMNS.map(([key]) => `[data-column="${key}"]`).join();

function addColumns(table, head) {
  const at = [...head.cells].findIndex((cell) => cell.classList.contains("number"));
  const headers = COLUMNS.map(([key, title, numeric]) => element("th", {
    scope: "col", "data-column": key, class: numeric ? "number" : null,
  }, title));
  head.cells[at].before(...headers);
  makeSortable(table);
  for (const row of table.tBodies[0].rows) {
    row.cells[at].before(...COLUMNS.map(([key, , numeric]) => element("td", {
      "data-column": key, class: numeric ? "number" : null,
    })));
  }
}

function write(row, column, text, raw = null) {
  const cell = row.querySelector(`[data-column="${column}"]`);
  cell.textContent = text;
  if (raw === null) delete cell.dataset.raw;
  else cell.dataset.raw = raw;
}
