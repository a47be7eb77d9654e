// What a frame shows of a source of tiles: its polygons and points, to draw and to pick.

const TILE = 256;

// Every tile of a source that a frame shows, the nearest ancestor standing in for one on its way.
// `unit` is device pixels a tile unit of extent 1; `clip` is in whole device pixels.
export function* tilesIn(frame, source) {
  const z = source.zoomFor(frame.zoom);
  const side = TILE * 2 ** (frame.zoom - z);
  const count = 2 ** z;
  const first = { x: Math.floor(frame.origin.x / side), y: Math.floor(frame.origin.y / side) };
  const last = {
    x: Math.floor((frame.origin.x + frame.width) / side),
    y: Math.floor((frame.origin.y + frame.height) / side),
  };
  const edge = (index, from) => Math.round((index * side - from) * frame.ratio);
  for (let y = Math.max(0, first.y); y <= Math.min(count - 1, last.y); y += 1) {
    for (let x = Math.max(0, first.x); x <= Math.min(count - 1, last.x); x += 1) {
      const found = nearest(source, z, x, y);
      if (!found) continue;
      const span = side * 2 ** (z - found.z);
      yield {
        layers: found.layers,
        unit: span * frame.ratio,
        left: (found.x * span - frame.origin.x) * frame.ratio,
        top: (found.y * span - frame.origin.y) * frame.ratio,
        clip: [
          edge(x, frame.origin.x), edge(y, frame.origin.y),
          edge(x + 1, frame.origin.x), edge(y + 1, frame.origin.y),
        ],
      };
    }
  }
}

// Tell whether every tile that a frame shows is there, at its own zoom.
export function complete(frame, source) {
  const z = source.zoomFor(frame.zoom);
  const side = TILE * 2 ** (frame.zoom - z);
  const most = 2 ** z - 1;
  const last = (at, size) => Math.min(most, Math.floor((at + size) / side));
  for (let y = Math.max(0, Math.floor(frame.origin.y / side)); y <= last(frame.origin.y, frame.height); y += 1) {
    for (let x = Math.max(0, Math.floor(frame.origin.x / side)); x <= last(frame.origin.x, frame.width); x += 1) {
      if (!source.get(z, x, y)) return false;
    }
  }
  return true;
}

function nearest(source, z, x, y) {
  const layers = source.get(z, x, y);
  if (layers) return { layers, z, x, y };
  for (let up = 1; z - up >= source.minZoom; up += 1) {
    const above = source.peek(z - up, x >> up, y >> up);
    if (above) return { layers: above, z: z - up, x: x >> up, y: y >> up };
  }
  return null;
}

// Call `draw(feature, scale)` for the polygons of a layer, the context in tile units, clipped.
export function eachPolygon(frame, source, name, draw) {
  const { context } = frame;
  for (const tile of tilesIn(frame, source)) {
    const layer = tile.layers.get(name);
    if (!layer) continue;
    const scale = tile.unit / layer.extent;
    const [left, top, right, bottom] = tile.clip;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.setTransform(scale, 0, 0, scale, tile.left, tile.top);
    for (const feature of layer.features) {
      if (feature.path) draw(feature, scale, tile);
    }
    context.restore();
  }
}

// The points of a layer in CSS pixels of the frame, one for each key.
export function pointsIn(frame, source, name, keyOf) {
  const found = new Map();
  for (const tile of tilesIn(frame, source)) {
    const layer = tile.layers.get(name);
    if (!layer) continue;
    const scale = tile.unit / layer.extent / frame.ratio;
    for (const feature of layer.features) {
      if (!feature.points) continue;
      const key = keyOf(feature.properties);
      if (found.has(key)) continue;
      found.set(key, {
        key,
        properties: feature.properties,
        x: tile.left / frame.ratio + feature.points[0].x * scale,
        y: tile.top / frame.ratio + feature.points[0].y * scale,
      });
    }
  }
  return [...found.values()];
}

// The polygon feature of a layer at a point of the frame in CSS pixels, or null.
export function polygonAt(frame, source, name, point) {
  const x = point.x * frame.ratio;
  const y = point.y * frame.ratio;
  for (const tile of tilesIn(frame, source)) {
    const [left, top, right, bottom] = tile.clip;
    if (x < left || x >= right || y < top || y >= bottom) continue;
    const layer = tile.layers.get(name);
    if (!layer) continue;
    const u = ((x - tile.left) * layer.extent) / tile.unit;
    const v = ((y - tile.top) * layer.extent) / tile.unit;
    for (const feature of layer.features) {
      const [west, north, east, south] = feature.box;
      if (!feature.path || u < west || u > east || v < north || v > south) continue;
      if (probe.isPointInPath(feature.path, u, v, "evenodd")) return feature;
    }
  }
  return null;
}

// The box of a polygon feature in CSS pixels of the frame, from the tiles at hand; null without.
export function boxOf(frame, source, name, id) {
  let box = null;
  for (const tile of tilesIn(frame, source)) {
    const layer = tile.layers.get(name);
    const feature = layer?.features.find((each) => each.path && each.properties.id === id);
    if (!feature) continue;
    const scale = tile.unit / layer.extent;
    const [west, north, east, south] = feature.box.map(
      (at, side) => ((side % 2 ? tile.top : tile.left) + at * scale) / frame.ratio,
    );
    box = box
      ? [Math.min(box[0], west), Math.min(box[1], north), Math.max(box[2], east), Math.max(box[3], south)]
      : [west, north, east, south];
  }
  return box;
}

const probe = document.createElement("canvas").getContext("2d");
