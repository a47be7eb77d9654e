// What lies under the data and names the places on it.

import { eachPolygon, pointsIn } from "./frame.js";

// Of the world's width, over which the ground fades: a little more than a degree.
const FADE = 0.0045;
const POSITIONS = [
  [6, 0, "left"], [-6, 0, "right"], [0, -10, "center"], [0, 11, "center"],
];

export function paintLand(frame, source, theme) {
  const { context, ratio } = frame;
  const { land } = theme.colours;
  eachPolygon(frame, source, "land", (feature, scale) => {
    context.fillStyle = land;
    context.fill(feature.path, "evenodd");
    context.strokeStyle = theme.colours["land-edge"];
    context.lineWidth = (0.8 * ratio) / scale;
    context.stroke(feature.path);
  });
  eachPolygon(frame, source, "states", (feature, scale) => {
    context.fillStyle = land;
    context.fill(feature.path, "evenodd");
    context.strokeStyle = theme.colours["state-edge"];
    context.lineWidth = (1 * ratio) / scale;
    context.stroke(feature.path);
  });
}

// The ground is cut somewhere: there it fades instead of ending in a line. States that end before
// the land does fade into it, and the land fades into the background.
export function fadeEdges(frame, source, theme) {
  const { context, ratio, width, height } = frame;
  const land = fadesOf(frame, source, "land");
  const states = fadesOf(frame, source, "states")
    .filter((cut) => land.every(({ axis, edge }) => axis !== cut.axis || Math.abs(edge - cut.edge) > 2));
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const fades = [
    ...states.map((fade) => [fade, theme.colours.land]), ...land.map((fade) => [fade, theme.colours.sea]),
  ];
  for (const [{ axis, edge, from, inward }, colour] of fades) {
    const gradient = axis === "x"
      ? context.createLinearGradient(from, 0, edge, 0) : context.createLinearGradient(0, from, 0, edge);
    gradient.addColorStop(0, transparent(colour));
    gradient.addColorStop(1, colour);
    context.fillStyle = gradient;
    // Past the edge the gradient stays at its last colour.
    const start = inward < 0 ? from : 0;
    const end = inward < 0 ? (axis === "x" ? width : height) : from;
    if (axis === "x") context.fillRect(start, 0, end - start, height);
    else context.fillRect(0, start, width, end - start);
  }
  context.restore();
}

// Where a layer of the ground fades, in CSS pixels of the frame: along `axis`, from `from` to `edge`.
function fadesOf({ zoom, origin }, source, name) {
  const layer = source.minZoom === 0 ? source.get(0, 0, 0)?.get(name) : null;
  if (!layer) return [];
  const world = 256 * 2 ** zoom;
  return cutsOf(layer).map(({ axis, at, inward }) => {
    const edge = (at / layer.extent) * world - origin[axis];
    return { axis, edge, from: edge + inward * FADE * world, inward };
  });
}

// The sides of a layer's box along which it was cut: where it runs along them for a while.
function cutsOf(layer) {
  if (layer.cuts) return layer.cuts;
  const boxes = layer.features.map((feature) => feature.box);
  const box = [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...boxes.map((b) => b[side])));
  const sides = [["x", 0, 1], ["y", 1, 1], ["x", 2, -1], ["y", 3, -1]];
  layer.cuts = sides.flatMap(([axis, side, inward]) => {
    const along = axis === "x" ? box[3] - box[1] : box[2] - box[0];
    const runs = layer.features.flatMap(({ rings }) => rings).some((ring) => ring.some((a, index) => {
      const b = ring[(index + 1) % ring.length];
      return a[axis] === box[side] && b[axis] === box[side]
        && Math.hypot(a.x - b.x, a.y - b.y) > along / 8;
    }));
    return runs ? [{ axis, at: box[side], inward }] : [];
  });
  return layer.cuts;
}

// The colour of the sea is written with six hexadecimal digits; two more are its alpha.
function transparent(colour) {
  return `${colour}00`;
}

export function paintLakes(frame, source, theme) {
  const { context } = frame;
  context.fillStyle = theme.colours.sea;
  eachPolygon(frame, source, "lakes", (feature) => {
    context.fillStyle = theme.colours.sea;
    context.fill(feature.path, "evenodd");
  });
}

// Names of places, the important first, then those of jurisdictions from near by; a name without
// room gives way. `jurisdictions` are points with a name.
export function paintPlaces(frame, source, theme, taken = [], jurisdictions = []) {
  const { context, ratio, zoom } = frame;
  const fades = fadesOf(frame, source, "land");
  const places = pointsIn(frame, source, "places", ({ name, population }) => `${name} ${population}`)
    .filter((place) => isShown(place.properties, zoom)
      && fades.every(({ axis, from, inward }) => (place[axis] - from) * inward > 0))
    .sort((a, b) => rankOf(a) - rankOf(b)
      || (b.properties.population ?? 0) - (a.properties.population ?? 0)
      || (a.key < b.key ? -1 : 1));
  const boxes = [...taken];
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const place of places) {
    const large = (place.properties.population ?? 0) >= 400000;
    context.font = `${large ? 600 : 500} ${large ? 12.5 : 11.5}px ${theme.font}`;
    const width = context.measureText(place.properties.name).width;
    for (const [dx, dy, align] of POSITIONS) {
      const box = boxOf(place.x + dx, place.y + dy, width, align);
      if (boxes.some((other) => overlaps(other, box))) continue;
      boxes.push(box, [place.x - 3, place.y - 3, place.x + 3, place.y + 3]);
      write(context, place, dx, dy, align, theme);
      break;
    }
  }
  context.font = `600 11px ${theme.font}`;
  for (const { x, y, properties } of jurisdictions) {
    const box = boxOf(x, y, context.measureText(properties.name).width, "center");
    if (boxes.some((other) => overlaps(other, box))) continue;
    boxes.push(box);
    letter(context, properties.name, x, y, "center", theme);
  }
  context.restore();
}

function write(context, place, dx, dy, align, theme) {
  context.strokeStyle = theme.colours["place-halo"];
  context.fillStyle = theme.colours.place;
  context.beginPath();
  context.arc(place.x, place.y, 2, 0, 2 * Math.PI);
  context.lineWidth = 2.5;
  context.stroke();
  context.fill();
  letter(context, place.properties.name, place.x + dx, place.y + dy, align, theme);
}

function letter(context, name, x, y, align, theme) {
  context.textAlign = align;
  context.strokeStyle = theme.colours["place-halo"];
  context.fillStyle = theme.colours.place;
  context.lineWidth = 3;
  context.strokeText(name, x, y);
  context.fillText(name, x, y);
}

function rankOf(place) {
  return place.properties.rank ?? 10;
}

function isShown({ rank = 10 }, zoom) {
  return rank <= zoom - 1.5;
}

function boxOf(x, y, width, align) {
  const left = { left: x, right: x - width, center: x - width / 2 }[align];
  return [left - 4, y - 9, left + width + 4, y + 9];
}

function overlaps(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
