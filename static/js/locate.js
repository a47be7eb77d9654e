// Where the reader is. The device is asked on a click; the answer is compared with the polygons
// that the browser has, and stays in it.

import { complete, polygonAt } from "./frame.js";
import { _ } from "./words.js";

const TIMEOUT_MS = 12000;
const FRESH_MS = 60000;
// Pixels by which a border of a tile may be off.
const ROUGH = 2;
const AROUND = 8;
const METRES_A_PIXEL = 156543.03;
const FAULTS = {
  1: _("This browser may not tell where you are. Allow it in the settings of this site, or type a name."),
  2: _("Where you are could not be found out. Type a name instead."),
  3: _("Finding out where you are took too long. Try again, or type a name."),
};

export class Locate {
  constructor(said, atlas, choose) {
    this.said = said;
    this.atlas = atlas;
    this.choose = choose;
  }

  ask() {
    if (!navigator.geolocation) {
      this.said.textContent = FAULTS[2];
      return;
    }
    this.said.textContent = _("Asking this device where it is…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.#arrive(coords),
      ({ code }) => { this.said.textContent = FAULTS[code] ?? FAULTS[2]; },
      { timeout: TIMEOUT_MS, maximumAge: FRESH_MS },
    );
  }

  #arrive({ latitude, longitude, accuracy }) {
    const { map, layer } = this.atlas;
    const [west, south, east, north] = layer.bounds;
    if (longitude < west || longitude > east || latitude < south || latitude > north) {
      this.said.textContent = _("You are outside what this map shows.");
      return;
    }
    this.position = { lat: latitude, lng: longitude, accuracy };
    if (!map.getBounds().contains(this.position)) {
      map.setView(this.position, map.getZoom(), { animate: false });
    }
    this.settle();
  }

  // Match the position once the tiles of the view are there.
  settle() {
    const { map, base: { frame }, tiles, layer, nameOf } = this.atlas;
    if (!this.position || !frame || !complete(frame, tiles)) return;
    const { position } = this;
    const centre = map.latLngToLayerPoint(position).subtract(frame.corner);
    const at = (point) => polygonAt(frame, tiles, layer.key, point)?.properties.id ?? null;
    const found = at(centre);
    this.position = null;
    if (!found) {
      this.said.textContent = _("You are in no {singular} of this map.", layer);
      return;
    }
    const metres = (METRES_A_PIXEL * Math.cos((position.lat * Math.PI) / 180)) / 2 ** frame.zoom;
    const radius = Math.max(ROUGH, position.accuracy / metres);
    const sure = [...Array(AROUND).keys()].every((step) => {
      const angle = (step / AROUND) * 2 * Math.PI;
      return at({
        x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle),
      }) === found;
    });
    this.said.textContent = sure
      ? _("You are in {name}.", nameOf(found))
      : _("You are in {name}, or just across its border.", nameOf(found));
    this.choose(found);
  }
}
