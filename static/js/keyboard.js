// The map by keyboard: arrows go from a place to the one beside it, which is told in words.

import { element } from "./dom.js";
import { paintOutline, ringSymbol } from "./paint.js";
import { tell } from "./status.js";
import { _, fill } from "./words.js";

const L = window.L;
// Where each key goes, y grows south.
const DIRECTIONS = {
  ArrowUp: { x: 0, y: -1, nothing: _("Nothing further north of {place}.") },
  ArrowDown: { x: 0, y: 1, nothing: _("Nothing further south of {place}.") },
  ArrowLeft: { x: -1, y: 0, nothing: _("Nothing further west of {place}.") },
  ArrowRight: { x: 1, y: 0, nothing: _("Nothing further east of {place}.") },
};
const AHEAD = Math.PI / 4;
const ASIDE = (75 / 180) * Math.PI;
const NAMED = 8;
const EDGE = 60;
const KEYS = [
  ["↑ ↓ ← →", _("go to the place beside, in that direction")],
  [_("Enter"), _("show the place; once more, open its page")],
  ["Esc", _("let go of it")],
  [_("Shift ↑ ↓ ← →"), _("move the map")],
  ["+ −", _("zoom")],
  ["?", _("show or hide these keys")],
];

export class Keyboard {
  constructor(atlas, whereabouts, button) {
    this.atlas = atlas;
    this.whereabouts = whereabouts;
    this.button = button;
    this.id = null;
    const { map } = atlas;
    this.container = map.getContainer();
    this.container.addEventListener("focus", () => atlas.overlay.request());
    this.container.addEventListener("blur", () => {
      atlas.tooltip.hide();
      atlas.overlay.request();
    });
    map.on("moveend", () => this.#point());
    this.#explain();
  }

  get focused() {
    return document.activeElement === this.container;
  }

  press(key) {
    if (DIRECTIONS[key]) this.#go(DIRECTIONS[key]);
    else if (key === "Enter") this.#open();
    else if (key === "Escape") this.#clear();
    else this.toggleHelp();
  }

  #go(direction) {
    const from = this.id ?? this.atlas.state.jurisdiction;
    const start = from && this.whereabouts.at(from);
    const next = start ? this.#next(from, start, direction) : this.#central();
    if (next) this.#arrive(next);
    else if (from) this.#say(fill(direction.nothing, { place: this.atlas.nameOf(from).name }));
  }

  // The neighbour straight ahead, else one aside, else whatever lies ahead across a gap.
  #next(from, start, direction) {
    const beside = this.whereabouts.beside(from);
    const others = this.whereabouts.ids.filter((id) => id !== from);
    return this.#nearest(start, beside, direction, AHEAD)
      ?? this.#nearest(start, beside, direction, ASIDE)
      ?? this.#nearest(start, others, direction, AHEAD);
  }

  #nearest(start, ids, direction, cone) {
    const here = flat(start);
    let best = null;
    let least = Infinity;
    for (const id of ids) {
      const at = this.whereabouts.at(id);
      if (!at) continue;
      const there = flat(at);
      const [x, y] = [there.x - here.x, there.y - here.y];
      const distance = Math.hypot(x, y);
      const along = (x * direction.x + y * direction.y) / distance;
      if (!distance || along < Math.cos(cone)) continue;
      // What is far off to the side counts as farther.
      const cost = distance / along ** 2;
      if (cost < least) [best, least] = [id, cost];
    }
    return best;
  }

  // The place nearest to the middle of the view: where the keys begin.
  #central() {
    const middle = flat(this.atlas.map.getCenter());
    let best = null;
    let least = Infinity;
    for (const id of this.whereabouts.ids) {
      const at = this.whereabouts.at(id);
      if (!at) continue;
      const there = flat(at);
      const distance = Math.hypot(there.x - middle.x, there.y - middle.y);
      if (distance < least) [best, least] = [id, distance];
    }
    return best;
  }

  #arrive(id) {
    const { map, describe } = this.atlas;
    this.id = id;
    const { name, kind } = this.atlas.nameOf(id);
    const beside = this.whereabouts.beside(id).map((other) => this.atlas.nameOf(other).name).sort();
    const more = beside.length - NAMED;
    const named = [...beside.slice(0, NAMED), ...(more > 0 ? [_("{n} more", { n: more })] : [])].join(", ");
    const around = named ? _("Beside it: {places}.", { places: named }) : "";
    this.#say(`${name}, ${kind}. ${describe(id).join(". ")}. ${around}`);
    map.panInside(this.whereabouts.at(id), { padding: [EDGE, EDGE] });
    this.#point();
  }

  #open() {
    const { state, select, layer } = this.atlas;
    const id = this.id ?? state.jurisdiction;
    if (!id) return;
    if (state.jurisdiction === id) location.assign(layer.profiles.replace("{id}", encodeURIComponent(id)));
    else select(id);
  }

  #clear() {
    this.id = null;
    this.atlas.tooltip.hide();
    this.#say("");
    this.atlas.select(null);
  }

  #say(text) {
    tell(this.container.parentNode, text.trim());
  }

  // The tooltip at the place, for eyes.
  #point() {
    const at = this.id && this.focused ? this.whereabouts.at(this.id) : null;
    if (at) this.atlas.point(this.id, this.atlas.map.latLngToContainerPoint(at));
    this.atlas.overlay.request();
  }

  paint(frame) {
    const at = this.id && this.focused ? this.whereabouts.at(this.id) : null;
    if (!at) return;
    const { map, tiles, layer, theme } = this.atlas;
    const { hover, "hover-casing": casing } = theme().colours;
    const { x, y } = map.latLngToLayerPoint(at).subtract(frame.corner);
    paintOutline(frame, tiles, layer.key, this.id, hover, casing, 3);
    ringSymbol(frame, { x, y, value: { value: 0 } }, 1, hover, casing, 2);
  }

  #explain() {
    const list = KEYS.flatMap(([keys, what]) => [
      element("dt", {}, element("kbd", {}, keys)), element("dd", {}, what),
    ]);
    this.help = element("div", { class: "map-keys", id: "map-keys", hidden: "" },
      element("h2", {}, _("Keys on the map")), element("dl", {}, ...list));
    this.button.after(this.help);
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    this.button.setAttribute("aria-expanded", String(!this.help.hidden));
  }
}

// On the plane of the map, at any zoom: only angles and the order of distances matter.
function flat(point) {
  return L.CRS.EPSG3857.latLngToPoint(L.latLng(point), 10);
}
