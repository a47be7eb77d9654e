// Who reported: fetched once for each period and group, and painted over the geometry that is there.

import { answers } from "./column.js";
import { fillAreas } from "./paint.js";
import { eachPolygon, pointsIn } from "./frame.js";

// `(period, group) -> Promise<{places, get(id), ...}>`; a failed one is asked for again next time.
export function reportCache(prefix) {
  const ask = answers(read);
  return (period, group) => {
    const query = group === "all" ? "" : `?group=${encodeURIComponent(group)}`;
    return ask(prefix + encodeURIComponent(period) + query);
  };
}

function read(answer) {
  const places = new Map(answer.ids.map((id, row) => [id, {
    category: answer.categories[answer.category[row]],
    part: answer.reported[row],
    percent: answer.coverage_percent[row],
    of: answer.coverage_places[answer.coverage_place[row]] ?? null,
  }]));
  const { categories, counts, due, unit } = answer;
  return { places, categories, counts, due, unit, get: (id) => places.get(id) };
}

// `{colour, pattern, ink}` of a category; null where nothing is drawn. Map and legend ask here.
export function reportStyle(category, theme) {
  const { empty, reported, zero, partly, missing } = theme.colours;
  const ink = theme.colours["empty-mark"];
  switch (category) {
    case "reported": return { colour: reported };
    case "zero": return { colour: zero, pattern: "zero", ink: theme.colours["zero-mark"] };
    case "partly": return { colour: partly, pattern: "partly", ink: theme.colours["partly-mark"] };
    case "missing": return { colour: missing, pattern: "missing", ink: theme.colours["missing-mark"] };
    case "not_reported": return { colour: empty, pattern: "not_reported", ink };
    case "withheld": return { colour: empty, pattern: "suppressed", ink };
    case "not_applicable": return { colour: empty, pattern: "not_applicable", ink };
    default: return null;
  }
}

// `chosen` are the categories to show, all where it is empty: the others stay plain.
export function paintReport(frame, source, layer, report, chosen, theme) {
  fillAreas(frame, source, layer, (id) => {
    const category = report.get(id)?.category;
    const style = reportStyle(category, theme);
    if (!style || !chosen.size || chosen.has(category)) return style;
    return { colour: theme.colours.plain };
  });
}

// A mark for each place that has a point and no area. Returns them for picking.
export function paintReportMarks(frame, source, layer, report, chosen, theme) {
  const shows = (id) => {
    const category = report.get(id)?.category;
    return reportStyle(category, theme) && (!chosen.size || chosen.has(category));
  };
  return paintMarks(frame, source, layer, shows, (id, x, y) => {
    mark(frame.context, report.get(id).category, x, y, theme);
  });
}

// Call `draw(id, x, y)` for each place that has a point and no area, and that `shows(id)`.
export function paintMarks(frame, source, layer, shows, draw) {
  const areas = new Set();
  eachPolygon(frame, source, layer, (feature) => areas.add(feature.properties.id));
  const { context, ratio } = frame;
  const placed = pointsIn(frame, source, `${layer}-labels`, ({ id }) => id)
    .filter(({ key }) => !areas.has(key) && shows(key))
    // The map asks a symbol for the count that sizes it; these have the smallest size.
    .map((point) => ({ ...point, value: { value: 0 } }));
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const { key, x, y } of placed) draw(key, x, y);
  context.restore();
  return placed;
}

function mark(context, category, x, y, theme) {
  const { colour, ink } = reportStyle(category, theme);
  if (category === "not_applicable") {
    disc(context, x, y, 1.4);
    context.fillStyle = ink;
    context.fill();
    return;
  }
  const edge = ink ?? theme.colours["symbol-edge"];
  context.lineWidth = 1.3;
  context.strokeStyle = edge;
  context.fillStyle = colour;
  context.beginPath();
  if (category === "reported" || category === "zero") disc(context, x, y, 3.6);
  else context.rect(x - 3.2, y - 3.2, 6.4, 6.4);
  context.fill();
  context.stroke();
  const strokes = {
    partly: [[-3, 0, 3, 0]],
    missing: [[0, -3, 0, 3]],
    not_reported: [[-3, 3, 3, -3]],
    withheld: [[-3, 3, 3, -3], [-3, -3, 3, 3]],
  };
  context.beginPath();
  for (const [x0, y0, x1, y1] of strokes[category] ?? []) {
    context.moveTo(x + x0, y + y0);
    context.lineTo(x + x1, y + y1);
  }
  context.stroke();
}

function disc(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}
