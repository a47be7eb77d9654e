// Two periods of one view: two maps that move as one, side by side, or one over the other with a
// divider that is dragged or moved by its keys. The tiles are shared; only the other column is fetched.

import { addressOf } from "./column.js";
import { element } from "./dom.js";
import { period as periodText } from "./format.js";
import { makeMap } from "./leaflet-map.js";
import { Pointing } from "./pointing.js";
import { digits, whole } from "./ratio.js";
import { headline } from "./readout.js";
import { Scene } from "./scene.js";
import { Shown } from "./shown.js";
import { followChanges, leaveChanges } from "./two-table.js";
import { _ } from "./words.js";

// Below this width two maps side by side would be too small to read.
const NARROW = 700;

export class Two {
  // `atlas` is what the map's own module lends: {configuration, loaders, map, scene, sources, shown,
  // places, pointing, background(map), choose(id), end()}.
  constructor(atlas) {
    Object.assign(this, atlas);
    const { configuration } = atlas;
    this.words = configuration.changes;
    this.then = new Shown(configuration, atlas.loaders);
    this.frame = this.map.getContainer().parentNode;
    this.answers = new Map();
    this.changes = null;
    this.parts = null;
    this.mode = null;
    this.styled = null;
    window.addEventListener("resize", () => this.parts && this.#arrange());
  }

  // Fetch the other period. False where another view was asked for meanwhile; throws where it fails.
  async load() {
    const { shown, then } = this;
    await (this.styled ??= styled(this.words.style));
    const { period, compare } = shown.state;
    if (!compare || compare === period) {
      this.changes = null;
      return true;
    }
    Object.assign(then.state, shown.state, { period: compare });
    const [loaded, changes] = await Promise.all([then.load(), this.#changes({ ...shown.state })]);
    if (!loaded || shown.state.period !== period || shown.state.compare !== compare) return false;
    this.changes = changes;
    return true;
  }

  #changes(state) {
    const plain = addressOf(this.words.answers, state);
    const since = `since=${encodeURIComponent(state.compare)}`;
    const address = `${plain}${plain.includes("?") ? "&" : "?"}${since}`;
    if (!this.answers.has(address)) {
      const answer = load(address);
      answer.catch(() => this.answers.delete(address));
      this.answers.set(address, answer);
    }
    return this.answers.get(address);
  }

  // Show the two, or the one again where no other is compared with.
  refresh(theme) {
    const { shown, then, scene } = this;
    if (!this.changes) {
      this.#leave();
      return;
    }
    const view = shown.scene(theme);
    const other = then.scene(theme);
    const reference = Math.max(view.reference, other.reference);
    this.#enter({ ...other, reference });
    scene.show({ ...view, reference });
    this.scene2.selected = shown.state.jurisdiction;
    this.scene2.show({ ...other, reference });
    this.#name();
    this.card();
    const table = document.getElementById("figures-table");
    if (table) followChanges(table, this);
  }

  select(id) {
    this.scene2?.select(id);
  }

  #enter(view) {
    if (this.parts) return;
    const { frame, map, configuration } = this;
    const { layer } = this.shown;
    const container = element("div", { class: "map map-then" });
    map.getContainer().after(container);
    this.map2 = makeMap(container, configuration.map, layer.attribution);
    this.background(this.map2);
    container.setAttribute("tabindex", "-1");
    container.setAttribute("role", "group");
    this.scene2 = new Scene(this.map2, this.sources, layer, view);
    this.scene2.paintOnTop = (over) => this.scene.paintOnTop?.(over);
    this.pointing2 = new Pointing(this.map2, this.scene2, this.places, {
      select: this.choose, linesOf: (id) => this.linesOf(id), ready: () => Boolean(this.changes),
    });
    this.scene.twin = this.scene2;
    this.scene2.twin = this.scene;
    this.unfollow = [follow(map, this.map2), follow(this.map2, map)];
    const slider = element("input", { type: "range", min: 0, max: 100, value: 50, class: "swipe" });
    slider.addEventListener("input", () => this.#swipe());
    const modes = ["side", "swipe"].map((mode) => {
      const button = element("button", { type: "button", "data-mode": mode },
        mode === "side" ? _("Side by side") : _("Swipe"));
      button.addEventListener("click", () => this.#arrange(mode));
      return button;
    });
    const end = element("button", { type: "button", class: "two-end" }, _("One period"));
    end.addEventListener("click", () => this.end());
    const note = element("p", { class: "legend-about two-legend", role: "status" });
    document.getElementById("legend-title").after(note);
    this.parts = {
      bar: element("div", { class: "two-modes", role: "group", "aria-label": _("Two periods") }, ...modes, end),
      left: element("p", { class: "period-chip period-left" }),
      right: element("p", { class: "period-chip period-right" }),
      line: element("div", { class: "swipe-line", "aria-hidden": "true" }),
      slider, note, modes,
    };
    const { bar, left, right, line } = this.parts;
    frame.append(bar, left, right, line, slider);
    this.#arrange(frame.clientWidth < NARROW ? "swipe" : "side");
  }

  #leave() {
    if (!this.parts) return;
    const { frame, map, scene } = this;
    const whole = this.#showsAll();
    this.unfollow.forEach((stop) => stop());
    this.sources.scenes.delete(this.scene2);
    scene.twin = null;
    this.map2.remove();
    frame.querySelector(".map-then").remove();
    const { bar, left, right, line, slider, note } = this.parts;
    for (const part of [bar, left, right, line, slider, note]) part.remove();
    this.parts = null;
    this.mode = null;
    this.scene2 = null;
    delete frame.dataset.two;
    map.getContainer().classList.remove("half-left", "half-right");
    this.#placeTooltip();
    map.invalidateSize({ animate: false });
    if (whole) this.#showAll(28);
    leaveChanges();
  }

  // Lay the two maps out; a narrow frame has no room for two.
  #arrange(mode = this.mode) {
    const { frame, map, map2, parts } = this;
    const narrow = frame.clientWidth < NARROW;
    const next = narrow ? "swipe" : mode;
    parts.modes.forEach((button) => {
      button.hidden = narrow;
      button.setAttribute("aria-pressed", String(button.dataset.mode === next));
    });
    parts.slider.hidden = next !== "swipe";
    parts.line.hidden = next !== "swipe";
    const before = this.mode;
    const whole = this.#showsAll();
    this.mode = next;
    frame.dataset.two = next;
    this.#sides();
    this.#placeTooltip();
    this.#swipe();
    if (before === next) return;
    for (const each of [map, map2]) each.invalidateSize({ animate: false, pan: false });
    if (whole) this.#showAll(narrow ? 10 : 24);
    map2.setView(map.getCenter(), map.getZoom(), { animate: false });
  }

  // Whether the map is at its first view: then another layout has a first view of its own.
  #showsAll() {
    const { map } = this;
    return Math.abs(map.getZoom() - map.getBoundsZoom(this.configuration.map.bounds)) <= 0.5;
  }

  #showAll(edge) {
    this.map.fitBounds(this.configuration.map.bounds, { padding: [edge, edge], animate: false });
  }

  // The earlier period is on the left.
  #sides() {
    const { map, map2, changes, shown } = this;
    const left = changes.earlier === shown.state.compare ? map2 : map;
    for (const each of [map, map2]) {
      each.getContainer().classList.toggle("half-left", each === left);
      each.getContainer().classList.toggle("half-right", each !== left);
    }
  }

  #swipe() {
    const { slider } = this.parts;
    this.frame.style.setProperty("--at", String(Number(slider.value) / 100));
    slider.setAttribute("aria-valuetext", `${slider.value} % of the map show ${this.#text("earlier")}`);
  }

  // One map points for both while one lies over the other: what it says lies over both.
  #placeTooltip() {
    const home = this.mode === "swipe" ? this.frame : this.map.getContainer();
    home.append(this.pointing.tooltip.node);
  }

  #text(which) {
    return periodText(this.changes[which]);
  }

  #name() {
    const { parts, changes, then, shown } = this;
    this.#sides();
    const [earlier, later] = [this.#text("earlier"), this.#text("later")];
    parts.left.textContent = earlier;
    parts.right.textContent = later;
    parts.slider.setAttribute("aria-label", _("Divider between {earlier} and {later}", { earlier, later }));
    this.#swipe();
    this.map2.getContainer().setAttribute("aria-label", then.label);
    parts.note.textContent = _("{earlier} is on the left and {later} on the right, in the same classes; the counts are of {period}. {note}", {
      earlier, later, period: periodText(shown.state.period), note: changes.note,
    });
  }

  // What both periods have of a place, and whether the difference is more than chance.
  linesOf(id) {
    const lines = this.#periods().map((each) => (
      `${periodText(each.state.period)}: ${this.#valueIn(each, id)}`));
    return [...lines, ...this.#told(id)];
  }

  // The later period first: it is what a reader looks for.
  #periods() {
    const { shown, then, changes } = this;
    return changes.later === shown.state.period ? [shown, then] : [then, shown];
  }

  #valueIn(each, id) {
    const { column, indicator, words, showUnreliable, lens } = each;
    const head = headline(column.get(id), indicator, words, showUnreliable);
    return lens ? lens.lines(id, head, indicator.unit)[0] : head.text;
  }

  #told(id) {
    const found = this.changes.places.get(id);
    if (!found?.trend) return this.shown.symbols ? [] : [this.words.none];
    const said = this.words.words[found.trend];
    if (!whole(found)) return [said];
    const [ratio, lower, upper] = digits(found);
    return [said, _("{ratio} times, 95 % interval {lower} to {upper}", { ratio, lower, upper })];
  }

  // What the card of the selected place says of the other period.
  card() {
    const card = document.getElementById("readout");
    const id = this.shown.state.jurisdiction;
    card?.querySelector(".readout-two")?.remove();
    if (!this.changes || !id || !card || card.hidden) return;
    const [earlier, later] = [this.#text("earlier"), this.#text("later")];
    const facts = element("dl", { class: "facts readout-two" });
    const told = this.#told(id);
    facts.append(
      element("dt", {}, _("In {period}", { period: periodText(this.then.state.period) })),
      element("dd", {}, this.#valueIn(this.then, id)),
    );
    if (told.length) {
      facts.append(
        element("dt", {}, _("From {earlier} to {later}", { earlier, later })),
        element("dd", { class: "facts-source" }, told.join(": ")),
      );
    }
    card.querySelector(".readout-links")?.before(facts);
  }
}

// The style sheet must be there before the maps are laid out.
function styled(address) {
  const link = element("link", { rel: "stylesheet", href: address });
  return new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done);
    document.head.append(link);
  });
}

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const answer = await response.json();
  const places = new Map(answer.ids.map((id, row) => [id, {
    trend: answer.trends[answer.trend[row]] ?? null,
    ratio: answer.ratio[row], lower: answer.lower[row], upper: answer.upper[row],
  }]));
  return { ...answer, places };
}

// Let one map go where the other goes; returns how to stop it.
function follow(from, to) {
  const move = () => {
    const zoom = from.getZoom();
    const near = to.getZoom() === zoom
      && from.project(from.getCenter(), zoom).distanceTo(to.project(to.getCenter(), zoom)) < 1;
    if (!near) to.setView(from.getCenter(), zoom, { animate: false });
  };
  from.on("move", move);
  return () => from.off("move", move);
}
