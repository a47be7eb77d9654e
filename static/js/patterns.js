// One pattern for each reason that there is no colour, told apart without colour; the legend's
// swatches are painted by the same functions as the map.

export const PATTERN_SIZE = 8;

const DRAWINGS = {
  // Diagonals: nothing was reported.
  not_reported(context) {
    lines(context, [[-2, 10, 10, -2], [-2, 2, 2, -2], [6, 10, 10, 6]], 1);
  },
  // Dots: counted, but without residents to divide by.
  not_applicable(context) {
    dot(context, 2, 2, 1.1);
    dot(context, 6, 6, 1.1);
  },
  // Crossed diagonals: withheld.
  suppressed(context) {
    lines(context, [[0, 0, 8, 8], [8, 0, 0, 8]], 1);
  },
  // Diagonals the other way, wide apart: too few events for a rate.
  unreliable(context) {
    lines(context, [[-2, -2, 10, 10], [-2, 6, 2, 10], [6, -2, 10, 2]], 0.8);
  },
  // Rings: a report of none, a true zero.
  zero(context) {
    context.lineWidth = 1.1;
    context.beginPath();
    context.arc(4, 4, 2.1, 0, 2 * Math.PI);
    context.stroke();
  },
  // Level lines: a part of the year.
  partly(context) {
    lines(context, [[0, 2, 8, 2], [0, 6, 8, 6]], 1.6);
  },
  // Upright bars: a report was expected, and there is none.
  missing(context) {
    lines(context, [[2, 0, 2, 8], [6, 0, 6, 8]], 0.9);
  },
  // Arrowheads that point up: more than elsewhere.
  higher(context) {
    lines(context, [[2, 5.2, 4, 3], [4, 3, 6, 5.2]], 1);
  },
  // Arrowheads that point down: less than elsewhere.
  lower(context) {
    lines(context, [[2, 3, 4, 5.2], [4, 5.2, 6, 3]], 1);
  },
  // Small dots, wide apart: a colour to take with caution.
  use_with_caution(context) {
    dot(context, 4, 4, 0.9);
  },
};

export class Patterns {
  constructor(context, ratio) {
    this.context = context;
    this.ratio = ratio;
    this.made = new Map();
  }

  // A fill of the pattern in a colour, anchored to the map; `matrix` undoes the tile's scale.
  get(name, colour, matrix) {
    const key = `${name} ${colour}`;
    if (!this.made.has(key)) {
      this.made.set(key, this.context.createPattern(stamp(name, colour, this.ratio), "repeat"));
    }
    const pattern = this.made.get(key);
    pattern.setTransform(matrix);
    return pattern;
  }
}

function stamp(name, colour, ratio) {
  const side = Math.round(PATTERN_SIZE * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  context.scale(side / PATTERN_SIZE, side / PATTERN_SIZE);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  DRAWINGS[name](context);
  return canvas;
}

function lines(context, segments, width) {
  context.lineWidth = width;
  context.beginPath();
  for (const [x0, y0, x1, y1] of segments) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}

function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
