// Finding and moving on the map of a page: by name, by where one is, by the arrow keys. What only
// some readers use is fetched when they do.

import { element, svg } from "./dom.js";
import { PlaceBox } from "./placebox.js";
import { _ } from "./words.js";

const KEYS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Enter", "Escape", "?"];

// `atlas` is what the map's own module lends: the map, its surfaces, what is shown, how to select.
export function startFinding(atlas) {
  const whereabouts = once(() => load(atlas.layer.neighbours));
  let approaching = null;
  let locating = null;
  let moving = null;
  const approach = once(async () => {
    const [module, found] = await Promise.all([import("./approach.js"), whereabouts()]);
    approaching = new module.Approach(atlas, found);
  });
  const choose = async (id, how) => {
    atlas.select(id, how);
    if (!id) return;
    await approach();
    approaching.to(id);
  };
  const field = document.getElementById("jurisdiction").closest(".field");
  const box = new PlaceBox(field, atlas, choose);
  const said = element("p", { class: "field-said", role: "status" });
  const locate = once(async () => {
    locating = new (await import("./locate.js")).Locate(
      said, atlas, (id) => choose(id, { located: true }),
    );
  });
  field.querySelector(".place-row").append(locateButton(async () => {
    await locate();
    locating.ask();
  }));
  field.append(said);

  const container = atlas.map.getContainer();
  const help = helpButton();
  container.before(help);
  const keyboard = once(async () => {
    const [module, found] = await Promise.all([import("./keyboard.js"), whereabouts()]);
    moving = new module.Keyboard(atlas, found, help);
  });
  container.addEventListener("focus", keyboard);
  help.addEventListener("click", async () => {
    await keyboard();
    moving.toggleHelp();
  });
  container.addEventListener("keydown", async (event) => {
    const { key, target, shiftKey, ctrlKey, altKey, metaKey } = event;
    if (target !== container || !KEYS.includes(key) || ctrlKey || altKey || metaKey) return;
    // With Shift the arrows are left to the map, which moves; none is lost while the script comes.
    if (shiftKey && key !== "?") return;
    event.preventDefault();
    event.stopPropagation();
    await keyboard();
    moving.press(key);
  });
  document.getElementById("map-help").textContent = _("Arrow keys go from place to place, Enter shows the place, Shift and arrow keys move the map, plus and minus zoom, question mark lists all keys. Every number on the map is in the table below.");
  return {
    choose,
    // After every painting of the areas: what waited for tiles may have them now.
    painted() {
      locating?.settle();
      approaching?.settle();
    },
    paintCursor: (frame) => moving?.paint(frame),
    selected: (id) => box.show(id),
  };
}

function once(make) {
  let made = null;
  return () => {
    made ??= make();
    return made;
  };
}

function locateButton(onClick) {
  const button = element("button", {
    type: "button", class: "step locate", title: _("Where I am"), "aria-label": _("Where I am"),
  }, svg("svg", { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true" },
    svg("circle", { cx: 12, cy: 12, r: 6 }), svg("path", { d: "M12 2v5M12 17v5M2 12h5M17 12h5" })));
  button.addEventListener("click", onClick);
  return button;
}

function helpButton() {
  return element("button", {
    type: "button", class: "map-keys-button", "aria-expanded": "false", "aria-controls": "map-keys",
    "aria-label": _("Keys on the map"), title: _("Keys on the map"),
  }, "?");
}

// Where every place is and who is beside it: `{at(id): {lng, lat} | null, beside(id), ids}`.
async function load(address) {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    return read(await response.json());
  } catch (error) {
    console.warn(error);
    return read({ ids: [], lon: [], lat: [], neighbours: [] });
  }
}

function read({ ids, lon, lat, neighbours }) {
  const rows = new Map(ids.map((id, row) => [id, row]));
  return {
    ids,
    at(id) {
      const row = rows.get(id);
      return row === undefined || lon[row] === null ? null : { lng: lon[row], lat: lat[row] };
    },
    beside: (id) => (neighbours[rows.get(id)] ?? []).map((row) => ids[row]),
  };
}
