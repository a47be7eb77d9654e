// The page about the tiles: draws one tileset and shows what is in the tile under the pointer.

import Pbf from "../vendor/pbf.js";
import { VectorTile } from "../vendor/vector-tile.js";
import { enableCopying } from "./copy.js";
import { element } from "./dom.js";
import { count } from "./format.js";
import { polygonAt } from "./frame.js";
import { fadeEdges, paintLakes, paintLand } from "./ground.js";
import { paintAreas, paintEdges, paintOutline, paintSymbols } from "./paint.js";
import { Surface } from "./surface.js";
import { onThemeChange, theme as currentTheme } from "./theme.js";
import { TileSource } from "./tiles.js";
import { _, ngettext } from "./words.js";

const L = window.L;
const TILE = 256;
const MANY = 150;

const configuration = JSON.parse(document.getElementById("inspector-configuration").textContent);
const { layer, kind, ground } = configuration;
const [west, south, east, north] = configuration.bounds;
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const said = document.getElementById("said");
const form = document.getElementById("tileset");
const borders = document.getElementById("borders");
const output = document.getElementById("inspected");

document.documentElement.classList.add("has-script");
document.getElementById("inspector").hidden = false;
enableCopying(document, said);
form.addEventListener("change", () => form.requestSubmit());

let theme = currentTheme();
let selected = null;
let asked = 0;

const map = L.map("map", {
  minZoom: Math.max(2, configuration.zooms[0]),
  maxZoom: configuration.maxZoom,
  zoomSnap: 0.25,
  zoomControl: false,
  attributionControl: false,
  scrollWheelZoom: false,
  zoomAnimation: !still,
  fadeAnimation: false,
  inertia: !still,
});
L.control.zoom({
  position: "bottomright", zoomInTitle: _("Zoom in"), zoomOutTitle: _("Zoom out"),
}).addTo(map);
map.fitBounds([[south, west], [north, east]], { padding: [12, 12], animate: false });

const tiles = new TileSource(configuration.tiles, configuration.zooms, configuration.bounds, repaint);
const context = ground ? new TileSource(ground.tiles, ground.zooms, ground.bounds, repaint) : null;
const base = new Surface(paintBase, "base");
const overlay = new Surface(paintOverlay, "overlay");
map.addLayer(base);
map.addLayer(overlay);
listen();

// What `paint.js` asks for a value: the attributes that the tiles themselves carry.
function column() {
  const values = new Map();
  for (const { layers } of tiles.tiles.values()) {
    for (const name of [layer, `${layer}-labels`]) {
      for (const { properties } of layers?.get(name)?.features ?? []) values.set(properties.id, properties);
    }
  }
  return values;
}

function paintBase(frame) {
  if (context) {
    paintLand(frame, context, theme);
    fadeEdges(frame, context, theme);
  }
  const values = column();
  paintAreas(frame, tiles, layer, values, {
    theme, classes: configuration.classes, showUnreliable: false, symbols: kind !== "rate",
  });
  if (context) paintLakes(frame, context, theme);
  paintEdges(frame, tiles, layer, theme, configuration.mapped > MANY);
  if (kind === "count") paintSymbols(frame, tiles, layer, values, configuration.reference, theme);
}

function paintOverlay(frame) {
  const { hover } = theme.colours;
  const casing = theme.colours["hover-casing"];
  if (selected?.id) paintOutline(frame, tiles, layer, selected.id, hover, casing, 2);
  if (borders.checked) paintBorders(frame);
}

function paintBorders(frame) {
  const { context: canvas, ratio, origin, width, height } = frame;
  const z = tiles.zoomFor(frame.zoom);
  const side = TILE * 2 ** (frame.zoom - z);
  const last = 2 ** z - 1;
  const first = (from) => Math.max(0, Math.floor(from / side));
  const end = (to) => Math.min(last, Math.floor(to / side));
  canvas.save();
  canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
  canvas.font = `600 12px ${theme.font}`;
  canvas.textBaseline = "top";
  canvas.lineJoin = "round";
  for (let y = first(origin.y); y <= end(origin.y + height); y += 1) {
    for (let x = first(origin.x); x <= end(origin.x + width); x += 1) {
      const left = Math.round(x * side - origin.x) + 0.5;
      const top = Math.round(y * side - origin.y) + 0.5;
      canvas.strokeStyle = theme.colours.selected;
      canvas.lineWidth = 1;
      canvas.strokeRect(left, top, side, side);
      canvas.strokeStyle = theme.colours["place-halo"];
      canvas.lineWidth = 3;
      canvas.strokeText(`${z}/${x}/${y}`, left + 5, top + 5);
      canvas.fillStyle = theme.colours.place;
      canvas.fillText(`${z}/${x}/${y}`, left + 5, top + 5);
    }
  }
  canvas.restore();
}

function repaint() {
  base.request();
  overlay.request();
}

function listen() {
  const container = map.getContainer();
  map.on("click", (event) => inspect(event.latlng, event.containerPoint));
  container.addEventListener("focus", () => map.scrollWheelZoom.enable());
  container.addEventListener("blur", () => map.scrollWheelZoom.disable());
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== container) return;
    inspect(map.getCenter(), map.getSize().divideBy(2));
  });
  borders.addEventListener("change", () => overlay.request());
  onThemeChange(() => {
    theme = currentTheme();
    repaint();
  });
}

// Show the tile at a place, asked for again so that its size is known, and the area in it.
async function inspect(place, point) {
  const z = tiles.zoomFor(map.getZoom());
  const { x, y } = map.project(place, z).divideBy(TILE).floor();
  const last = 2 ** z - 1;
  const corner = map.containerPointToLayerPoint(point).subtract(base.frame.corner);
  selected = polygonAt(base.frame, tiles, layer, corner)?.properties ?? null;
  overlay.request();
  if (x < 0 || y < 0 || x > last || y > last) return;
  const address = configuration.tiles.replace("{z}", z).replace("{x}", x).replace("{y}", y);
  asked += 1;
  const turn = asked;
  const found = await describe(address);
  if (turn !== asked) return;
  output.replaceChildren(
    element("h3", {}, selected ? selected.name : _("No area here")),
    ...(selected ? [attributes(selected)] : []),
    element("h3", {}, _("Tile {address}", { address: `${z}/${x}/${y}` })),
    element("p", { class: "tile-address" }, element("a", { href: address }, address)),
    ...found,
  );
}

async function describe(address) {
  let response;
  let buffer;
  try {
    response = await fetch(address);
    buffer = await response.arrayBuffer();
  } catch (error) {
    console.warn(error);
    return [element("p", {}, _("The tile could not be loaded. Click again to try once more."))];
  }
  if (response.status === 204) return [element("p", {}, _("204: there is nothing in this tile."))];
  if (!response.ok) return [element("p", {}, _("The service answered {status}.", response))];
  const sent = Number(response.headers.get("Content-Length"));
  const packed = response.headers.get("Content-Encoding");
  const size = packed && sent
    ? _("{size}, {sent} sent as {coding}", {
      size: bytes(buffer.byteLength), sent: bytes(sent), coding: packed,
    }) : bytes(buffer.byteLength);
  const { layers } = new VectorTile(new Pbf(buffer));
  return [element(
    "dl", { class: "tile-facts" },
    ...pair(_("Size"), size),
    ...Object.entries(layers).flatMap(([name, { length, extent }]) => pair(
      name, ngettext("{n} feature, extent {extent}", "{n} features, extent {extent}", length, { n: length, extent }),
    )),
  )];
}

function attributes(properties) {
  return element("table", { class: "attributes" },
    element("caption", { class: "visually-hidden" }, _("Attributes of {name}", properties)),
    element("tbody", {}, ...Object.entries(properties).map(([name, value]) => element(
      "tr", {}, element("th", { scope: "row" }, name), element("td", {}, String(value)),
    ))));
}

function pair(term, text) {
  return [element("dt", {}, term), element("dd", {}, text)];
}

function bytes(number) {
  return _("{n} bytes", { n: count(number) });
}
