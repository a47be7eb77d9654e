// Starts the map that the page's configuration describes, and ties its parts together: `Shown` is
// what is looked at, `Scene` draws it, `Panels` says it, `Pointing` and `finding.js` choose places.

import { addressOf } from "./column.js";
import { Controls } from "./controls.js";
import { makeMap } from "./leaflet-map.js";
import { Panels } from "./panels.js";
import { enablePrinting } from "./print.js";
import { Places } from "./places.js";
import { Pointing } from "./pointing.js";
import { keepPosition } from "./position.js";
import { Scene, Sources } from "./scene.js";
import { loadersOf, Shown } from "./shown.js";
import { onThemeChange, theme as currentTheme } from "./theme.js";
import { queryOf, readState, writeState } from "./url.js";

const configuration = JSON.parse(document.getElementById("map-configuration").textContent);
const { layer, ground } = configuration;
const defaults = configuration.controls?.defaults ?? configuration.indicator.state;
const isPage = Boolean(configuration.controls);

// What the rows of a legend depend on.
const ROWS_OF = ["show", "group", "denominator", "classes"];

let theme = currentTheme();
let finding = null;
// The second of two periods: loaded when one is compared with.
let two = null;
// What another denominator changes: the page comes with it, another view asks for its own.
let effects = null;
const loaders = loadersOf(configuration);
const shown = new Shown(configuration, loaders);
const { state } = shown;
// Which rows of the legend are chosen, only the address knows.
if (isPage) {
  const { rows, unreliable } = readState(defaults);
  Object.assign(state, { rows, unreliable });
}
// What follows the name of a view in the title of its page.
const ofAtlas = document.title.slice(
  document.getElementById("map").getAttribute("aria-label").length,
);
const places = new Places(layer);
const map = makeMap(
  "map", configuration.map, layer.attribution, isPage ? null : document.querySelector(".panel"),
);
const { basemap } = configuration;
const background = basemap ? (await import("./basemap.js")).addBasemap : null;
background?.(map, basemap);
const placed = isPage && keepPosition(map);
const sources = new Sources(layer, ground);
const scene = new Scene(map, sources, layer, shown.scene(theme));
const pointing = new Pointing(map, scene, places, {
  select, linesOf: (id) => (two?.changes ? two : shown).linesOf(id), ready: () => Boolean(shown.column),
});
const panels = new Panels(shown, places, isPage, {
  go: change,
  close() {
    select(null);
    map.getContainer().focus({ preventScroll: true });
  },
});
const form = document.getElementById("controls");
const controls = form ? new Controls(form, configuration.indicator, {
  // What the timeline plays is the one change that does not end its playing.
  go: (next, how) => (how?.replace ? go(next, how) : change(next)),
  prefetch: (period) => shown.prefetch({ ...state, period }),
  done: followEffects,
}) : null;

document.documentElement.classList.add("has-script");
window.addEventListener("popstate", () => {
  controls?.pause();
  const next = readState(defaults);
  if (next.layer !== state.layer) location.reload();
  Object.assign(state, next);
  show();
});
onThemeChange(() => {
  theme = currentTheme();
  if (shown.column) refresh();
});
if (isPage) enablePrinting(map, scene, () => shown.label);
scene.select(state.jurisdiction);
await show();
// What finds places is needed by no first view, and by pages alone.
if (isPage) await startFinding();
if (state.jurisdiction) {
  // An address that says where the map is keeps it there.
  if (!placed) finding?.choose(state.jurisdiction);
  scene.base.request();
}

async function startFinding() {
  const module = await import("./finding.js");
  const { base, overlay, tiles } = scene;
  finding = module.startFinding({
    map, base, overlay, tiles, layer, state, select, tooltip: pointing.tooltip,
    describe: (id) => (two?.changes ? two.linesOf(id) : shown.describe(id)),
    nameOf: (id) => places.of(id),
    theme: () => theme,
    point: (id, point) => pointing.tell(id, point),
    leave: (change) => location.assign(location.pathname + queryOf({ ...state, ...change }, defaults)),
  });
  scene.onPainted = () => finding.painted();
  scene.paintOnTop = (frame) => finding.paintCursor(frame);
}

// What a reader changes ends the playing of the years.
function change(next) {
  controls?.pause();
  return go(next);
}

// Another view: only a column is fetched, the tiles stay. Tells whether it is shown.
function go(next, { replace = false } = {}) {
  // Other classes, other rows: a choice among them would mean something else.
  if (ROWS_OF.some((field) => field in next && next[field] !== state[field])) state.rows = null;
  Object.assign(state, next);
  if (isPage) writeState(state, defaults, replace);
  return show();
}

async function show() {
  controls?.show(state);
  try {
    if (!await shown.load()) return false;
    if (state.compare && isPage) two ??= await startTwo();
    if (two && !await two.load()) return false;
  } catch (error) {
    console.warn(error);
    panels.failed();
    return false;
  }
  refresh();
  if (!controls?.playing) followEffects();
  return true;
}

function refresh() {
  panels.refresh(theme, controls?.playing);
  if (isPage) document.title = shown.label + ofAtlas;
  scene.selected = state.jurisdiction;
  scene.show(shown.scene(theme));
  two?.refresh(theme);
}

async function followEffects() {
  const node = document.getElementById("effects");
  const { effects: prefix, state: first } = shown.indicator;
  if (!node || (!effects && addressOf(prefix, state) === addressOf(prefix, first))) return;
  effects ??= import("./effects.js")
    .then(({ EffectsSection }) => new EffectsSection(node, shown.indicator, layer));
  (await effects).follow(state);
}

async function startTwo() {
  const { Two } = await import("./two.js");
  return new Two({
    configuration, loaders, map, scene, sources, shown, places, pointing, choose: select,
    end: () => change({ compare: null }), background: (other) => background?.(other, basemap),
  });
}

// Where a reader is, no one is told: nothing is asked for about a place that is `located`.
function select(id, { located = false } = {}) {
  panels.located = located ? id : null;
  controls?.pause();
  state.jurisdiction = id;
  if (isPage) writeState(state, defaults);
  controls?.show(state);
  finding?.selected(id);
  panels.refreshReadout();
  scene.select(id);
  two?.select(id);
  two?.card();
  // The others are shown beside the place that is selected.
  if (state.show === "similar") show();
}
