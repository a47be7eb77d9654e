// Starts the map that the page's configuration describes, and ties its parts together: `Shown` is
// what is looked at, `Scene` draws it, `Panels` says it, `Pointing` and `finding.js` choose places.

import { Controls } from "./controls.js";
import { EffectsSection } from "./effects.js";
import { makeMap } from "./leaflet-map.js";
import { Panels } from "./panels.js";
import { Places } from "./places.js";
import { Pointing } from "./pointing.js";
import { Scene, Sources } from "./scene.js";
import { loadersOf, Shown } from "./shown.js";
import { onThemeChange, theme as currentTheme } from "./theme.js";
import { queryOf, readState, writeState } from "./url.js";

const configuration = JSON.parse(document.getElementById("map-configuration").textContent);
const { layer, ground } = configuration;
const defaults = configuration.controls?.defaults ?? configuration.indicator.state;
const isPage = Boolean(configuration.controls);

let theme = currentTheme();
let finding = null;
const shown = new Shown(configuration, loadersOf(configuration));
const { state } = shown;
const places = new Places(layer);
const map = makeMap(
  "map", configuration.map, layer.attribution, isPage ? null : document.querySelector(".panel"),
);
const sources = new Sources(layer, ground);
const scene = new Scene(map, sources, layer, shown.scene(theme));
const pointing = new Pointing(map, scene, places, {
  select, linesOf: (id) => shown.linesOf(id), ready: () => Boolean(shown.column),
});
const panels = new Panels(shown, places, isPage, {
  choose(category) {
    shown.choose(category);
    refresh();
  },
  close() {
    select(null);
    map.getContainer().focus({ preventScroll: true });
  },
  period: (period) => go({ period }),
  unreliable(whether) {
    shown.showUnreliable = whether;
    refresh();
  },
});
const effects = new EffectsSection(document.getElementById("effects"), shown.indicator, layer);
const form = document.getElementById("controls");
const controls = form ? new Controls(form, configuration.indicator, go) : null;

document.documentElement.classList.add("has-script");
window.addEventListener("popstate", () => {
  const next = readState(defaults);
  if (next.layer !== state.layer) location.reload();
  Object.assign(state, next);
  show();
});
onThemeChange(() => {
  theme = currentTheme();
  if (shown.column) refresh();
});
scene.select(state.jurisdiction);
await show();
// What finds places is needed by no first view, and by pages alone.
if (isPage) await startFinding();
if (state.jurisdiction) {
  finding?.choose(state.jurisdiction);
  scene.base.request();
}

async function startFinding() {
  const module = await import("./finding.js");
  const { base, overlay, tiles } = scene;
  finding = module.startFinding({
    map, base, overlay, tiles, layer, state, select, tooltip: pointing.tooltip,
    describe: (id) => shown.describe(id),
    nameOf: (id) => places.of(id),
    theme: () => theme,
    point: (id, point) => pointing.tell(id, point),
    leave: (change) => location.assign(location.pathname + queryOf({ ...state, ...change }, defaults)),
  });
  scene.onPainted = () => finding.painted();
  scene.paintOnTop = (frame) => finding.paintCursor(frame);
}

// Another view: only a column is fetched, the tiles stay.
async function go(change) {
  Object.assign(state, change);
  writeState(state, defaults);
  await show();
}

async function show() {
  controls?.show(state);
  try {
    if (!await shown.load()) return;
  } catch (error) {
    console.warn(error);
    panels.failed();
    return;
  }
  refresh();
  effects.follow(state);
}

function refresh() {
  panels.refresh(theme);
  scene.selected = state.jurisdiction;
  scene.show(shown.scene(theme));
}

function select(id) {
  state.jurisdiction = id;
  if (isPage) writeState(state, defaults);
  controls?.show(state);
  finding?.selected(id);
  panels.refreshReadout();
  scene.select(id);
}
