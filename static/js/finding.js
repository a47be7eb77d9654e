// Finding and moving on the map of a page: by name, by where one is, by the arrow keys.

import { Approach } from "./approach.js";
import { Keyboard } from "./keyboard.js";
import { Locate } from "./locate.js";
import { PlaceBox } from "./placebox.js";

// `atlas` is what the map's own module lends: the map, its surfaces, what is shown, how to select.
export function startFinding(atlas) {
  const whereabouts = load(atlas.layer.neighbours);
  const approach = new Approach(atlas, whereabouts);
  const choose = (id) => {
    atlas.select(id);
    if (id) approach.to(id);
  };
  const field = document.getElementById("jurisdiction").closest(".field");
  const box = new PlaceBox(field, atlas, choose);
  const locate = new Locate(field, atlas, choose);
  const keyboard = new Keyboard(atlas, whereabouts);
  return {
    approach: (id) => approach.to(id),
    // After every painting of the areas: what waited for tiles may have them now.
    painted() {
      locate.settle();
      approach.settle();
    },
    paintCursor: (frame) => keyboard.paint(frame),
    selected: (id) => box.show(id),
  };
}

// Where every place is and who is beside it: `{at(id): {lon, lat} | null, beside(id), ids}`.
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
