// Starts the map that the page's configuration describes, and ties its parts together.

import { columnCache } from "./column.js";
import { Controls } from "./controls.js";
import { dividedBy, showLack } from "./divisor.js";
import { EffectsSection } from "./effects.js";
import { period as periodText } from "./format.js";
import { filterTable, matcher, summaryOf } from "./filter.js";
import { pointsIn, polygonAt } from "./frame.js";
import { fadeEdges, paintLakes, paintLand, paintPlaces } from "./ground.js";
import { rangesOf, showLegend } from "./legend.js";
import {
  boxesOf, paintAreas, paintEdges, paintOutline, paintSymbols, ringSymbol, symbolAt,
} from "./paint.js";
import { headline, showReadout, Tooltip, tooltipLines } from "./readout.js";
import {
  followReport, reportLines, reportSummary, showReportLegend, showReportReadout,
} from "./reporting-panel.js";
import { paintReport, paintReportMarks, reportCache } from "./reporting.js";
import { tell } from "./status.js";
import { Surface } from "./surface.js";
import { followColumn, makeSortable } from "./table.js";
import { onThemeChange, theme as currentTheme } from "./theme.js";
import { TileSource } from "./tiles.js";
import { queryOf, readState, writeState } from "./url.js";

// Areas of a layer from which on their outlines are thinner when seen from afar.
const MANY = 150;
// The zoom from which jurisdictions are named on the map.
const NEAR = 8;
const NEAR_MANY = 10;

const L = window.L;
const configuration = JSON.parse(document.getElementById("map-configuration").textContent);
const { layer, words, ground, reporting } = configuration;
const symbols = configuration.indicator.per === null;
const defaults = configuration.controls?.defaults ?? configuration.indicator.state;
const isPage = Boolean(configuration.controls);
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const state = { ...configuration.indicator.state };
let indicator = dividedBy(configuration.indicator, state.denominator);
const columns = columnCache(indicator.columns);
const reports = reporting ? reportCache(reporting.answers) : null;
let theme = currentTheme();
let column = null;
// Who reported, where that is what the map shows.
let report = null;
// The rows chosen in the legend, and what they are rows of.
let chosenOf = "";
const chosen = new Set();
let showUnreliable = false;
let placed = [];
let hovered = null;
let finding = null;
const places = placeNames();

const map = L.map("map", {
  minZoom: configuration.map.minZoom,
  maxZoom: configuration.map.maxZoom,
  maxBounds: configuration.map.maxBounds,
  zoomSnap: 0.25,
  zoomControl: false,
  attributionControl: false,
  scrollWheelZoom: false,
  zoomAnimation: !still,
  fadeAnimation: false,
  inertia: !still,
});
L.control.attribution({ prefix: false, position: "bottomright" })
  .addAttribution(escaped(layer.attribution)).addTo(map);
L.control.zoom({ position: "bottomright" }).addTo(map);
L.control.scale({ position: "bottomleft", maxWidth: 90 }).addTo(map);
fit();

const base = new Surface(paintBase, "base");
const overlay = new Surface(paintOverlay, "overlay");
const tiles = new TileSource(layer.tiles, layer.zooms, layer.bounds, repaint);
const context = ground
  ? new TileSource(ground.tiles, ground.zooms, ground.bounds, repaint) : null;
const readout = document.getElementById("readout");
const legend = document.querySelector("#legend .legend-body");
const table = document.getElementById("figures-table");
const tooltip = new Tooltip(map.getContainer());
const form = document.getElementById("controls");
const effects = new EffectsSection(document.getElementById("effects"), indicator, layer);
const controls = form ? new Controls(form, configuration.indicator, (change) => {
  go({ ...state, ...change });
}) : null;

map.addLayer(base);
map.addLayer(overlay);
document.documentElement.classList.add("has-script");
if (table) makeSortable(table);
listen();
await show();
// What finds places is needed by no first view, and by pages alone.
if (isPage) finding = await startFinding();
if (state.jurisdiction) {
  finding?.choose(state.jurisdiction);
  base.request();
}

async function startFinding() {
  const module = await import("./finding.js");
  return module.startFinding({
    map, base, overlay, tiles, layer, state, select, tooltip, describe,
    nameOf: place,
    theme: () => theme,
    point: showTooltip,
    leave: (change) => location.assign(location.pathname + queryOf({ ...state, ...change }, defaults)),
  });
}

function classes() {
  return indicator.classes[state.group] ?? indicator.classes.all;
}

function denominatorOf({ period, group }) {
  const at = indicator.denominators?.of[period]?.[group];
  return at === undefined ? null : indicator.denominators.sources[at];
}

// The count that the largest circle stands for: the same in every year, larger for pooled years.
function reference() {
  const values = [...(column?.values.values() ?? [])].map((value) => value.value ?? 0);
  return Math.max(classes().bounds.at(-1) ?? 1, ...values, 1);
}

function options() {
  return {
    theme, classes: classes(), showUnreliable, symbols, words,
    matches: matcher(chosen, { symbols, showUnreliable }),
    reference: symbols ? reference() : null, unit: indicator.noun,
  };
}

function repaint() {
  base.request();
  overlay.request();
}

function paintBase(frame) {
  if (context) {
    paintLand(frame, context, theme);
    fadeEdges(frame, context, theme);
  }
  if (report) paintReport(frame, tiles, layer.key, report, chosen, theme);
  else paintAreas(frame, tiles, layer.key, column, options());
  if (context) paintLakes(frame, context, theme);
  paintEdges(frame, tiles, layer.key, theme, layer.mapped > MANY);
  if (report) placed = paintReportMarks(frame, tiles, layer.key, report, chosen, theme);
  else if (!symbols || !column) placed = [];
  else placed = paintSymbols(frame, tiles, layer.key, column, reference(), theme, options().matches);
  finding?.painted();
  if (!context) return;
  const near = (report || !symbols) && frame.zoom >= (layer.mapped > MANY ? NEAR_MANY : NEAR)
    ? pointsIn(frame, tiles, `${layer.key}-labels`, ({ id }) => id).filter(hasArea) : [];
  paintPlaces(frame, context, theme, boxesOf(placed, reference()), near);
}

function hasArea({ key }) {
  return !["no_boundary", "not_applicable"].includes(column?.get(key)?.status);
}

function paintOverlay(frame) {
  const { hover, selected } = theme.colours;
  const casing = theme.colours["hover-casing"];
  for (const [id, colour, width] of [[hovered, hover, 1.6], [state.jurisdiction, selected, 2.6]]) {
    if (!id) continue;
    const symbol = placed.find((candidate) => candidate.key === id);
    if (symbol) ringSymbol(frame, symbol, reference(), colour, casing, width);
    else paintOutline(frame, tiles, layer.key, id, colour, casing, width);
  }
  finding?.paintCursor(frame);
}

// Another view: only a column is fetched, the tiles stay.
async function go(next) {
  Object.assign(state, next);
  writeState(state, defaults);
  await show();
}

async function show() {
  const asked = { ...state };
  controls?.show(state);
  let arrived;
  let told;
  try {
    [arrived, told] = await Promise.all([
      columns(asked),
      asked.show === "reporting" && reports ? reports(asked.period, asked.group) : null,
    ]);
  } catch (error) {
    console.warn(error);
    legend?.replaceChildren("The values could not be loaded. Reload the page to try again.");
    return;
  }
  const fields = ["period", "group", "denominator", "show"];
  if (fields.some((field) => asked[field] !== state[field])) return;
  column = arrived;
  report = told;
  // Other classes, other rows: a choice among them would mean something else.
  const of = [asked.show, asked.group, asked.denominator].join();
  if (of !== chosenOf) chosen.clear();
  chosenOf = of;
  indicator = dividedBy(configuration.indicator, state.denominator);
  refresh();
  effects.follow(state);
}

function refresh() {
  const source = denominatorOf(state);
  const now = {
    period: periodText(state.period),
    group: groupText(),
    unit: indicator.unit[0].toUpperCase() + indicator.unit.slice(1),
    description: indicator.description,
    method: indicator.method,
    divisor: indicator.titles[state.group],
    source: source
      ? [source.authority, source.product, source.vintage].filter(Boolean).join(", ")
      : "No figures",
  };
  for (const node of document.querySelectorAll("[data-now]")) {
    if (node.dataset.now in now) node.textContent = now[node.dataset.now];
  }
  for (const link of document.querySelectorAll("a[data-view]")) {
    const address = new URL(link.href);
    // What the other address knows of a view: all of it, unless it says.
    const fields = link.dataset.view.split(" ").filter(Boolean);
    for (const field of fields.length ? fields : ["period", "group", "denominator"]) {
      if (state[field]) address.searchParams.set(field, state[field]);
      else address.searchParams.delete(field);
    }
    link.href = address.href;
  }
  showLack(document.querySelector(".legend-note"), indicator, state, (period) => go({ period }));
  if (table) followColumn(table, column, { indicator, words, showUnreliable });
  if (table && reporting) followReport(table, report, reporting.words, chosen);
  if (table && !report) filterTable(table, column, options().matches);
  refreshLegend();
  const unreliable = [...column.values.values()].some(
    (value) => value.status === "ok" && value.reliability === "unreliable",
  );
  const check = document.getElementById("show-unreliable");
  if (check) check.hidden = Boolean(report) || symbols || !unreliable;
  refreshReadout();
  repaint();
}

function refreshLegend() {
  const title = indicator.unit[0].toUpperCase() + indicator.unit.slice(1);
  for (const node of document.querySelectorAll('[data-now="legend"]')) {
    node.textContent = report ? "Who reported" : title;
  }
  const when = groupText() + periodText(state.period);
  map.getContainer().setAttribute("aria-label",
    `${report ? "Who reported: " : ""}${indicator.title} by ${layer.singular}, ${when}`);
  const view = {
    theme, when, chosen, words: reporting?.words, places: layer.title.toLowerCase(), onChoose: choose,
  };
  const frame = map.getContainer().parentNode;
  if (report) {
    tell(frame, reportSummary(report, view));
    if (legend) showReportLegend(legend, report, view);
    return;
  }
  if (!legend) return;
  const rows = showLegend(legend, column, options(), isPage ? view : null);
  tell(frame, summaryOf(rows, column, options().matches, { ...view, title: indicator.title }));
}

function choose(category) {
  if (category === null) chosen.clear();
  else if (!chosen.delete(category)) chosen.add(category);
  refresh();
}

function groupText() {
  return state.group === "all" ? "" : `${indicator.groups[state.group]}, `;
}

function refreshReadout() {
  const id = state.jurisdiction;
  if (!readout) return;
  if (!id || !column) {
    readout.hidden = true;
    return;
  }
  const value = column.get(id);
  const view = {
    indicator, words, column, state, showUnreliable,
    denominator: denominatorOf(state),
    profile: layer.profiles.replace("{id}", encodeURIComponent(id)),
    onClose: () => {
      select(null);
      map.getContainer().focus({ preventScroll: true });
    },
  };
  if (!report) {
    showReadout(readout, { id, ...place(id) }, value, view);
    return;
  }
  const head = headline(value, indicator, words, showUnreliable);
  showReportReadout(readout, { id, ...place(id) }, report.get(id), {
    ...view, report, words: reporting.words, when: groupText() + periodText(state.period),
    note: value?.status === "not_reported" ? value.note : null,
    value: head.muted ? null : head.text,
  });
}

function select(id) {
  state.jurisdiction = id;
  if (isPage) writeState(state, defaults);
  controls?.show(state);
  finding?.selected(id);
  refreshReadout();
  overlay.request();
}

function listen() {
  const container = map.getContainer();
  map.on("mousemove", (event) => hover(at(event.containerPoint), event.containerPoint));
  map.on("mouseout movestart", () => hover(null));
  map.on("click", (event) => {
    const found = at(event.containerPoint);
    select(found?.id ?? null);
    if (found && !readout?.hidden) uncover(event.containerPoint);
  });
  // A page must scroll past its map: the wheel zooms once the map has the focus.
  container.addEventListener("focus", () => map.scrollWheelZoom.enable());
  container.addEventListener("blur", () => map.scrollWheelZoom.disable());
  container.addEventListener("keydown", (event) => {
    if (event.key === "Escape") select(null);
  });
  document.querySelector("#show-unreliable input")?.addEventListener("change", (event) => {
    showUnreliable = event.target.checked;
    refresh();
  });
  window.addEventListener("popstate", () => {
    const next = readState(defaults);
    if (next.layer !== state.layer) location.reload();
    Object.assign(state, next);
    show();
  });
  onThemeChange(() => {
    theme = currentTheme();
    if (column) refresh();
  });
}

// On a phone the card comes up from below: move the place out from under it.
function uncover(point) {
  const top = map.getContainer().getBoundingClientRect().top;
  const below = top + point.y + 24 - readout.getBoundingClientRect().top;
  if (getComputedStyle(readout).position === "fixed" && below > 0) map.panBy([0, below]);
}

function at(point) {
  if (!base.frame) return null;
  const corner = map.containerPointToLayerPoint(point).subtract(base.frame.corner);
  const symbol = symbolAt(placed, corner, symbols ? reference() : 1);
  if (symbol) return { id: symbol.key, ...named(symbol.properties) };
  const feature = polygonAt(base.frame, tiles, layer.key, corner);
  return feature ? { id: feature.properties.id, ...named(feature.properties) } : null;
}

function hover(found, point) {
  map.getContainer().classList.toggle("pointing", Boolean(found));
  if (found && column) showTooltip(found.id, point);
  else tooltip.hide();
  if (hovered === (found?.id ?? null)) return;
  hovered = found?.id ?? null;
  overlay.request();
}

function showTooltip(id, point) {
  const { name, kind } = place(id);
  tooltip.show(point, name, kind, linesOf(id));
}

function linesOf(id) {
  return report
    ? reportLines(report.get(id), report, reporting.words)
    : tooltipLines(column.get(id), indicator, words, showUnreliable);
}

// A place in words, for those who do not see it: its number, its class, its interval.
function describe(id) {
  const [first, ...rest] = linesOf(id);
  const value = report ? null : column.get(id);
  if (value?.status !== "ok") return [first, ...rest];
  const shown = !symbols && (showUnreliable || value.reliability !== "unreliable");
  if (!symbols && !shown) return [first, ...rest];
  return [
    `${first} ${indicator.unit}`,
    ...(shown ? [`Class ${rangesOf(classes().bounds)[value.class]}`] : []), ...rest,
  ];
}

function named({ id, name, kind }) {
  places.set(id, { name, kind: layer.kinds[kind] ?? kind });
  return places.get(id);
}

function place(id) {
  const known = places.get(id);
  return { name: known?.name ?? id, kind: known?.kind ?? layer.singular };
}

// Names from the page's own table, so that a place off the map has one too.
function placeNames() {
  const found = new Map();
  for (const row of document.querySelectorAll("#figures-table tbody tr")) {
    found.set(row.dataset.id, { name: row.dataset.name, kind: row.dataset.kind });
  }
  return found;
}

function fit() {
  const container = map.getContainer();
  const edge = container.clientWidth < 700 ? 10 : 28;
  const panel = isPage ? null : document.querySelector(".panel");
  const beside = panel && container.clientWidth > 2.4 * panel.offsetWidth && panel.offsetLeft > 0
    ? panel.offsetLeft + panel.offsetWidth : 0;
  map.fitBounds(configuration.map.bounds, {
    paddingTopLeft: [Math.max(edge, beside), edge], paddingBottomRight: [edge, edge], animate: false,
  });
}

function escaped(text) {
  const node = document.createElement("span");
  node.textContent = text;
  return node.innerHTML;
}
