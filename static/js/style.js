// What a value looks like: a colour, perhaps a pattern over it. Map and legend ask here.

export function coloursOf(classes, theme) {
  return classes.colours[theme.name];
}

// `{colour, pattern, ink}` of a value; null where nothing is drawn.
export function styleOf(value, colours, theme, showUnreliable) {
  const { empty, mark } = theme.colours;
  const emptyMark = theme.colours["empty-mark"];
  if (!value || value.status === "no_boundary") return null;
  if (value.status !== "ok") return { colour: empty, pattern: value.status, ink: emptyMark };
  if (value.reliability === "unreliable") {
    return showUnreliable
      ? { colour: colours[value.class], pattern: "unreliable", ink: mark }
      : { colour: empty, pattern: "unreliable", ink: emptyMark };
  }
  const caution = value.reliability === "use_with_caution";
  return { colour: colours[value.class], pattern: caution ? "use_with_caution" : null, ink: mark };
}

const LARGEST = 30;
const LARGEST_SMALL_SCREEN = 21;

// The radius in pixels of a count: its area is in proportion.
export function radiusOf(count, reference) {
  const largest = window.innerWidth < 700 ? LARGEST_SMALL_SCREEN : LARGEST;
  return largest * Math.sqrt(Math.max(count, 0) / reference);
}

// Draw the symbol of a value around a point; shared by map and legend.
export function drawSymbol(context, value, x, y, reference, theme) {
  const { symbol, empty } = theme.colours;
  const edge = theme.colours["symbol-edge"];
  const mark = theme.colours["empty-mark"];
  context.lineWidth = 1;
  if (value.status === "ok" && value.value > 0) {
    circle(context, x, y, Math.max(1.5, radiusOf(value.value, reference)));
    context.fillStyle = symbol;
    context.fill();
    context.strokeStyle = edge;
    context.stroke();
  } else if (value.status === "ok") {
    circle(context, x, y, 2.5);
    context.fillStyle = theme.colours.plain;
    context.fill();
    context.strokeStyle = symbol;
    context.stroke();
  } else if (value.status === "not_reported") {
    context.strokeStyle = mark;
    context.lineWidth = 1.4;
    context.beginPath();
    context.moveTo(x - 3, y - 3);
    context.lineTo(x + 3, y + 3);
    context.moveTo(x + 3, y - 3);
    context.lineTo(x - 3, y + 3);
    context.stroke();
  } else if (value.status === "suppressed") {
    context.fillStyle = empty;
    context.strokeStyle = mark;
    context.fillRect(x - 3, y - 3, 6, 6);
    context.strokeRect(x - 3, y - 3, 6, 6);
  } else if (value.status === "not_applicable") {
    context.fillStyle = mark;
    circle(context, x, y, 1.5);
    context.fill();
  }
}

function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}
