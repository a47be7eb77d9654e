// Starts the map of a widget: the figures of one view in the frame of another site. What it shows
// stays as it is, so that of the pages' script it loads only what draws, and no mapping library.

import { classified, columnCache } from "./column.js";
import { element } from "./dom.js";
import { period as periodText } from "./format.js";
import { pointsIn, polygonAt } from "./frame.js";
import { fadeEdges, paintLakes, paintLand, paintPlaces } from "./ground.js";
import { showLegend } from "./legend.js";
import {
  boxesOf, paintAreas, paintEdges, paintOutline, paintSymbols, ringSymbol, symbolAt,
} from "./paint.js";
import { headline, showReadout, Tooltip, tooltipLines } from "./readout.js";
import { onThemeChange, theme as currentTheme } from "./theme.js";
import { TileSource } from "./tiles.js";
import { View } from "./view.js";
import { _ } from "./words.js";

// As in map.js: areas from which on outlines are thinner, zooms from which jurisdictions are named.
const MANY = 150;
const NEAR = 8;
const NEAR_MANY = 10;

const configuration = JSON.parse(document.getElementById("map-configuration").textContent);
const { layer, words, ground, indicator } = configuration;
const symbols = indicator.per === null;
const state = { ...indicator.state };
const classes = indicator.classes[state.group] ?? indicator.classes.all;
const container = document.getElementById("map");
const readout = document.getElementById("readout");
const legend = document.querySelector("#legend .legend-body");
const check = document.getElementById("show-unreliable");
const back = document.querySelector(".credit a");
const when = (state.group === "all" ? "" : `${indicator.groups[state.group]}, `)
  + periodText(state.period);
const chosen = new Set();
// What the map shows in place of its values: loaded only where it does.
let lens = null;
let lenses = null;
// Tells those who do not see it what a lens shows.
let tell = null;
let column = null;
let theme = currentTheme();
let showUnreliable = false;
let placed = [];
let hovered = null;
let pending = null;
let frame = null;
// The place that the card describes by script.
let described = null;

answerHost();
const base = element("canvas", { class: "surface surface-base" });
const overlay = element("canvas", { class: "surface surface-overlay" });
container.append(base, overlay, zoomButtons());
const tooltip = new Tooltip(container);
const tiles = new TileSource(layer.tiles, layer.zooms, layer.bounds, () => {
  if (state.jurisdiction !== described) refreshReadout();
  request();
});
const context = ground ? new TileSource(ground.tiles, ground.zooms, ground.bounds, request) : null;
const view = new View(container, configuration.map, roomBeside, {
  change: request, click: (point) => select(at(point)?.id ?? null), hover, escape: () => select(null),
});
document.documentElement.classList.add("has-script");
onThemeChange(() => {
  theme = currentTheme();
  refresh();
});
check.querySelector("input").addEventListener("change", (event) => {
  showUnreliable = event.target.checked;
  refresh();
});
request();
tellOfNewer();
await load();

async function load() {
  try {
    column = await columnCache(indicator.columns)(state);
    if (state.classes) column = classified(column, classes.bounds);
    if (state.show !== "values") {
      const [{ lensLoader }, status] = await Promise.all([
        import("./lenses.js"), import("./status.js"),
      ]);
      lenses ??= lensLoader(configuration);
      lens = await lenses(state);
      tell = status.tell;
    }
  } catch (error) {
    console.warn(error);
    legend.replaceChildren(_("The values could not be loaded. Reload the page to try again."));
    return;
  }
  refresh();
}

// Of what the legend says, only the rates that are too uncertain are the reader's to choose.
function refresh() {
  if (!column) return;
  check.hidden = Boolean(lens) || symbols || ![...column.values.values()].some(
    (value) => value.status === "ok" && value.reliability === "unreliable",
  );
  if (lens) {
    const view = { theme, when, chosen, places: layer.title.toLowerCase(), onChoose: choose };
    // What the page says of the view without script, the legend says now.
    document.querySelector(".legend-note").hidden = true;
    tell(container.parentNode, lens.summary(view));
    lens.legend(legend, view);
  } else {
    showLegend(legend, column, options());
  }
  refreshReadout();
  request();
}

function choose(category) {
  if (category === null) chosen.clear();
  else if (!chosen.delete(category)) chosen.add(category);
  refresh();
}

// The count that the largest circle stands for.
function reference() {
  const values = [...(column?.values.values() ?? [])].map((value) => value.value ?? 0);
  return Math.max(classes.bounds.at(-1) ?? 1, ...values, 1);
}

function options() {
  return {
    theme, classes, showUnreliable, symbols, words,
    reference: symbols ? reference() : null, unit: indicator.noun,
  };
}

// Paint before the next frame; many calls are one.
function request() {
  pending ??= requestAnimationFrame(() => {
    pending = null;
    frame = frameOf(base);
    paintBase();
    paintOverlay();
  });
}

function frameOf(canvas) {
  const { x: width, y: height } = view.size;
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) {
    [canvas.width, canvas.height] = pixels;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const drawn = canvas.getContext("2d");
  drawn.setTransform(1, 0, 0, 1, 0, 0);
  drawn.clearRect(0, 0, ...pixels);
  canvas.dataset.zoom = view.zoom;
  return { context: drawn, ratio, width, height, zoom: view.zoom, origin: view.origin };
}

function paintBase() {
  if (context) {
    paintLand(frame, context, theme);
    fadeEdges(frame, context, theme);
  }
  if (lens) lens.paint(frame, tiles, layer.key, chosen, theme);
  else paintAreas(frame, tiles, layer.key, column, options());
  if (context) paintLakes(frame, context, theme);
  paintEdges(frame, tiles, layer.key, theme, layer.mapped > MANY);
  if (lens) {
    placed = lens.marks(frame, tiles, layer.key, chosen, theme);
  } else {
    placed = symbols && column
      ? paintSymbols(frame, tiles, layer.key, column, reference(), theme) : [];
  }
  if (!context) return;
  const near = (lens || !symbols) && frame.zoom >= (layer.mapped > MANY ? NEAR_MANY : NEAR)
    ? pointsIn(frame, tiles, `${layer.key}-labels`, ({ id }) => id).filter(hasArea) : [];
  paintPlaces(frame, context, theme, boxesOf(placed, reference()), near);
}

function hasArea({ key }) {
  return !["no_boundary", "not_applicable"].includes(column?.get(key)?.status);
}

function paintOverlay() {
  const over = frameOf(overlay);
  const { hover: hovering, selected } = theme.colours;
  const casing = theme.colours["hover-casing"];
  for (const [id, colour, width] of [[hovered, hovering, 1.6], [state.jurisdiction, selected, 2.6]]) {
    if (!id) continue;
    const symbol = placed.find((candidate) => candidate.key === id);
    if (symbol) ringSymbol(over, symbol, reference(), colour, casing, width);
    else paintOutline(over, tiles, layer.key, id, colour, casing, width);
  }
}

function at(point) {
  if (!frame) return null;
  const symbol = symbolAt(placed, point, symbols ? reference() : 1);
  const properties = symbol?.properties ?? polygonAt(frame, tiles, layer.key, point)?.properties;
  return properties ? { ...properties, kind: layer.kinds[properties.kind] ?? properties.kind } : null;
}

function hover(point) {
  const found = point && at(point);
  container.classList.toggle("pointing", Boolean(found));
  if (found && column) {
    const value = column.get(found.id);
    tooltip.show(point, found.name, found.kind, lens
      ? lens.lines(found.id, headline(value, indicator, words, showUnreliable), indicator.unit)
      : tooltipLines(value, indicator, words, showUnreliable));
  } else {
    tooltip.hide();
  }
  if ((found?.id ?? null) === hovered) return;
  hovered = found?.id ?? null;
  request();
}

function select(id) {
  state.jurisdiction = id;
  const address = new URL(back.href);
  if (id) address.searchParams.set("jurisdiction", id);
  else address.searchParams.delete("jurisdiction");
  back.href = address.href;
  refreshReadout();
  request();
  // The others are shown beside the place that is selected.
  if (state.show === "similar") load();
}

// The card is filled once the tile with the place's name is there: until then it is the server's.
function refreshReadout() {
  const id = state.jurisdiction;
  const found = id && placeOf(id);
  if (!id) readout.hidden = true;
  if (!found || !column) return;
  described = id;
  const value = column.get(id);
  const card = {
    indicator, words, column, state, showUnreliable,
    denominator: denominatorOf(),
    profile: layer.profiles.replace("{id}", encodeURIComponent(id)),
    onClose: () => {
      select(null);
      container.focus({ preventScroll: true });
    },
  };
  const head = headline(value, indicator, words, showUnreliable);
  if (!lens?.readout(readout, found, { ...card, head, value, when })) {
    showReadout(readout, found, value, card);
  }
}

function placeOf(id) {
  for (const { layers } of tiles.tiles.values()) {
    const found = layers?.get(layer.key)?.features.find(({ properties }) => properties.id === id)
      ?? layers?.get(`${layer.key}-labels`)?.features.find(({ properties }) => properties.id === id);
    if (found) {
      const { name, kind } = found.properties;
      return { id, name, kind: layer.kinds[kind] ?? kind };
    }
  }
  return null;
}

function denominatorOf() {
  const source = indicator.denominators?.of[state.period]?.[state.group];
  return source === undefined ? null : indicator.denominators.sources[source];
}

function zoomButtons() {
  const button = (text, label, by) => {
    const node = element("button", { type: "button", "aria-label": label }, text);
    node.addEventListener("click", () => view.zoomTo(view.zoom + by));
    return node;
  };
  return element("div", { class: "zoom" }, button("+", _("Zoom in"), 1), button("−", _("Zoom out"), -1));
}

// Beside the legend, where it lies on the map and leaves room.
function roomBeside({ x, y }) {
  const edge = x < 700 ? 10 : 28;
  const panel = document.querySelector(".panel");
  const lies = getComputedStyle(panel).position === "absolute" && x > 2.4 * panel.offsetWidth;
  return [lies ? panel.offsetLeft + panel.offsetWidth : edge, edge, edge, Math.min(edge, y / 10)];
}

// A widget that stays with its release says so once there is a newer one; its figures stay.
async function tellOfNewer() {
  const note = document.getElementById("newer");
  const { release, ask } = note.dataset;
  if (!location.pathname.startsWith(`/r/${release}/`)) return;
  try {
    const answer = await (await fetch(ask)).json();
    note.hidden = !answer.release || answer.release === release;
  } catch (error) {
    console.warn(error);
  }
}

// The page around the frame asks how high it should be; who asked is told, and no one else.
function answerHost() {
  let host = null;
  const tell = () => {
    if (host) window.parent.postMessage({ mapsvc: "height", height: heightFor() }, host);
  };
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.mapsvc !== "hello") return;
    // A page from a file or a sandbox has no origin that an answer could be addressed to.
    if (event.origin === "null") return;
    host = event.origin;
    tell();
  });
  new ResizeObserver(tell).observe(document.querySelector(".panel"));
  window.addEventListener("resize", tell);
}

// In proportion to the width, with the legend above the map where they do not fit side by side.
function heightFor() {
  const { innerWidth: width } = window;
  const panel = document.querySelector(".panel");
  const above = getComputedStyle(panel).position === "absolute" ? 0 : panel.scrollHeight;
  const below = document.querySelector(".credit").offsetHeight;
  const map = Math.max(280, Math.min(600, width * (above ? 1 : 0.62)));
  const over = above ? 0 : panel.scrollHeight + 64;
  return Math.ceil(above + below + Math.max(map, over));
}
