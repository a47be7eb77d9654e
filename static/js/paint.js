// The data: areas filled by class, or circles sized by count, and the outlines of what is chosen.

import { PATTERN_SIZE, Patterns } from "./patterns.js";
import { coloursOf, drawSymbol, radiusOf, styleOf } from "./style.js";
import { eachPolygon, pointsIn } from "./frame.js";

export function paintAreas(frame, source, layer, column, options) {
  const { theme, classes, showUnreliable, symbols, matches = () => true } = options;
  const colours = coloursOf(classes, theme);
  const plain = { colour: theme.colours.plain };
  fillAreas(frame, source, layer, (id) => {
    if (symbols || !column) return plain;
    const value = column.get(id);
    const style = styleOf(value, colours, theme, showUnreliable);
    return style && !matches(value) ? plain : style;
  });
}

// Fill every area with `styleFor(id)`: a colour, perhaps a pattern over it; null leaves it open.
export function fillAreas(frame, source, layer, styleFor) {
  const { context, ratio } = frame;
  const patterns = new Patterns(context, ratio);
  eachPolygon(frame, source, layer, (feature, scale, tile) => {
    const style = styleFor(feature.properties.id);
    if (!style) return;
    context.fillStyle = style.colour;
    context.fill(feature.path, "evenodd");
    if (!style.pattern) return;
    context.fillStyle = patterns.get(style.pattern, style.ink, anchored(frame, scale, tile));
    context.fill(feature.path, "evenodd");
  });
}

export function paintEdges(frame, source, layer, theme, many) {
  const { context, ratio, zoom } = frame;
  const width = Math.min(1.1, Math.max(0.3, many ? 0.2 * zoom - 1 : 0.45 + 0.06 * zoom)) * ratio;
  eachPolygon(frame, source, layer, (feature, scale) => {
    context.lineWidth = width / scale;
    context.lineJoin = "round";
    context.strokeStyle = theme.colours.edge;
    context.stroke(feature.path);
  });
}

// Circles from large to small, so that none hides another. Returns them for picking.
export function paintSymbols(
  frame, source, layer, column, reference, theme, matches = () => true,
) {
  const { context, ratio } = frame;
  const placed = pointsIn(frame, source, `${layer}-labels`, (properties) => properties.id)
    .map((point) => ({ ...point, value: column.get(point.key) }))
    .filter(({ value }) => value && matches(value))
    .sort((a, b) => (b.value.value ?? 0) - (a.value.value ?? 0));
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const { value, x, y } of placed) drawSymbol(context, value, x, y, reference, theme);
  context.restore();
  return placed;
}

// The boxes of the circles that a name should not cover.
export function boxesOf(placed, reference) {
  return placed.flatMap(({ x, y, value }) => {
    const radius = radiusOf(value.value ?? 0, reference);
    return radius < 4 ? [] : [[x - radius, y - radius, x + radius, y + radius]];
  });
}

// The symbol under a point, the smallest first, or null.
export function symbolAt(placed, point, reference) {
  let found = null;
  let smallest = Infinity;
  for (const symbol of placed) {
    const radius = Math.max(6, radiusOf(symbol.value.value ?? 0, reference));
    if (Math.hypot(symbol.x - point.x, symbol.y - point.y) > radius || radius >= smallest) continue;
    found = symbol;
    smallest = radius;
  }
  return found;
}

export function paintOutline(frame, source, layer, id, colour, casing, width) {
  const { context, ratio } = frame;
  for (const [stroke, extra] of [[casing, 2], [colour, 0]]) {
    eachPolygon(frame, source, layer, (feature, scale) => {
      if (feature.properties.id !== id) return;
      context.lineWidth = ((width + extra) * ratio) / scale;
      context.lineJoin = "round";
      context.strokeStyle = stroke;
      context.stroke(feature.path);
    });
  }
}

export function ringSymbol(frame, symbol, reference, colour, casing, width) {
  const { context, ratio } = frame;
  const radius = Math.max(4, radiusOf(symbol.value.value ?? 0, reference)) + width / 2;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const [stroke, extra] of [[casing, 2], [colour, 0]]) {
    context.beginPath();
    context.arc(symbol.x, symbol.y, radius, 0, 2 * Math.PI);
    context.lineWidth = width + extra;
    context.strokeStyle = stroke;
    context.stroke();
  }
  context.restore();
}

// The matrix that lays a pattern of device pixels fast on the map, under a tile's own transform.
function anchored(frame, scale, tile) {
  const side = Math.round(PATTERN_SIZE * frame.ratio);
  const shift = (origin, offset) => (-((origin * frame.ratio) % side) - offset) / scale;
  return new DOMMatrix([
    1 / scale, 0, 0, 1 / scale,
    shift(frame.origin.x, tile.left), shift(frame.origin.y, tile.top),
  ]);
}
