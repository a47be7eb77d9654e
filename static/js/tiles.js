// Vector tiles of one source: fetched once, decoded once, drawn many times.

import Pbf from "../vendor/pbf.js";
import { VectorTile } from "../vendor/vector-tile.js";

const KEPT = 256;
const RETRY_MS = 4000;
const POLYGON = 3;
const NOTHING = new Map();

export class TileSource {
  // `bounds` is west, south, east, north in degrees: no tile beyond is asked for.
  constructor(template, [minZoom, maxZoom], bounds, onLoad) {
    this.template = template;
    this.minZoom = minZoom;
    this.maxZoom = maxZoom;
    this.box = boxOfWorld(bounds);
    this.onLoad = onLoad;
    this.tiles = new Map();
    // How many tiles have come: what was painted of fewer is out of date.
    this.arrived = 0;
  }

  // The zoom of the tiles for a display zoom, as MapLibre chooses it: a tile of 4096 units covers
  // 512 pixels, and up to twice as many between two zooms.
  zoomFor(zoom) {
    return Math.max(this.minZoom, Math.min(this.maxZoom, Math.floor(zoom) - 1));
  }

  // The decoded tile if it is there; else undefined, and it is asked for.
  get(z, x, y) {
    const [west, north, east, south] = this.box.map((at) => at * 2 ** z);
    if (x + 1 < west || x > east || y + 1 < north || y > south) return NOTHING;
    const key = `${z}/${x}/${y}`;
    const entry = this.tiles.get(key);
    if (entry) {
      this.tiles.delete(key);
      this.tiles.set(key, entry);
      return entry.layers;
    }
    this.#load(key, z, x, y);
    return undefined;
  }

  // A tile that has arrived already, asked of no one.
  peek(z, x, y) {
    return this.tiles.get(`${z}/${x}/${y}`)?.layers;
  }

  async #load(key, z, x, y) {
    const entry = { layers: undefined };
    this.tiles.set(key, entry);
    if (this.tiles.size > KEPT) this.tiles.delete(this.tiles.keys().next().value);
    const address = this.template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address} answered ${response.status}`);
      entry.layers = decode(await response.arrayBuffer());
      this.arrived += 1;
      this.onLoad();
    } catch (error) {
      console.warn(error);
      setTimeout(() => {
        this.tiles.delete(key);
        this.onLoad();
      }, RETRY_MS);
    }
  }
}

// West, north, east, south as parts of the world's width in Web Mercator.
function boxOfWorld([west, south, east, north]) {
  const x = (degrees) => (degrees + 180) / 360;
  const y = (degrees) => 0.5 - Math.asinh(Math.tan((degrees * Math.PI) / 180)) / (2 * Math.PI);
  return [x(west), y(north), x(east), y(south)];
}

function decode(buffer) {
  const layers = new Map();
  for (const [name, layer] of Object.entries(new VectorTile(new Pbf(buffer)).layers)) {
    const features = [];
    for (let index = 0; index < layer.length; index += 1) {
      const feature = layer.feature(index);
      const rings = feature.loadGeometry();
      features.push({
        properties: feature.properties,
        points: feature.type === POLYGON ? null : rings.map((ring) => ring[0]),
        path: feature.type === POLYGON ? pathOf(rings) : null,
        rings: feature.type === POLYGON ? rings : null,
        box: boxOf(rings),
      });
    }
    layers.set(name, { extent: layer.extent, features });
  }
  return layers;
}

function pathOf(rings) {
  const path = new Path2D();
  for (const ring of rings) {
    path.moveTo(ring[0].x, ring[0].y);
    for (let index = 1; index < ring.length - 1; index += 1) path.lineTo(ring[index].x, ring[index].y);
    path.closePath();
  }
  return path;
}

function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (const { x, y } of ring) {
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
  }
  return box;
}
