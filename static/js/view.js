// The view of a widget's map: what a mapping library does for the pages, as far as a small frame
// in a page of others needs it. Moves and zooms by pointer, touch, wheel and key; draws nothing.

const TILE = 256;
const STEP = 0.25;
// Pixels that a pointer may stray and still be a click, and by which a key moves the map.
const STRAY = 5;
const BY_KEY = 80;
const KEYS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

export class View {
  // `configuration` has bounds and maxBounds as [[south, west], [north, east]], minZoom and maxZoom;
  // `room(size)` is the padding [left, top, right, bottom] of the first view; `on` has the callbacks
  // change(), click(point), hover(point or null) and escape().
  constructor(container, configuration, room, on) {
    this.container = container;
    this.configuration = configuration;
    this.room = room;
    this.on = on;
    this.limits = boxOfWorld(configuration.maxBounds);
    this.pointers = new Map();
    this.moved = false;
    this.fit();
    this.#listen();
  }

  get size() {
    return { x: this.container.clientWidth, y: this.container.clientHeight };
  }

  // The upper left corner in pixels of the world at this zoom.
  get origin() {
    const world = TILE * 2 ** this.zoom;
    const { x, y } = this.size;
    return { x: this.centre.x * world - x / 2, y: this.centre.y * world - y / 2 };
  }

  fit() {
    const [west, north, east, south] = boxOfWorld(this.configuration.bounds);
    const [left, top, right, bottom] = this.room(this.size);
    const { x, y } = this.size;
    const scale = Math.min(
      Math.max(x - left - right, 1) / (east - west), Math.max(y - top - bottom, 1) / (south - north),
    );
    this.zoom = this.#allowed(Math.floor(Math.log2(scale / TILE) / STEP) * STEP);
    const world = TILE * 2 ** this.zoom;
    this.centre = {
      x: (west + east) / 2 + (right - left) / 2 / world,
      y: (north + south) / 2 + (bottom - top) / 2 / world,
    };
  }

  // Zoom about a point of the container, its middle by default.
  zoomTo(zoom, point = { x: this.size.x / 2, y: this.size.y / 2 }) {
    const next = this.#allowed(zoom);
    const held = this.#at(point);
    this.zoom = next;
    const now = this.#at(point);
    this.#settle({ x: this.centre.x + held.x - now.x, y: this.centre.y + held.y - now.y });
  }

  moveBy(dx, dy) {
    const world = TILE * 2 ** this.zoom;
    this.#settle({ x: this.centre.x + dx / world, y: this.centre.y + dy / world });
  }

  #at(point) {
    const world = TILE * 2 ** this.zoom;
    const { origin } = this;
    return { x: (origin.x + point.x) / world, y: (origin.y + point.y) / world };
  }

  #allowed(zoom) {
    return Math.max(this.configuration.minZoom, Math.min(this.configuration.maxZoom, zoom));
  }

  #settle({ x, y }) {
    const [west, north, east, south] = this.limits;
    this.centre = { x: Math.max(west, Math.min(east, x)), y: Math.max(north, Math.min(south, y)) };
    this.moved = true;
    this.on.change();
  }

  #listen() {
    const { container } = this;
    new ResizeObserver(() => {
      if (!this.moved) this.fit();
      this.on.change();
    }).observe(container);
    container.addEventListener("pointerdown", (event) => this.#down(event));
    container.addEventListener("pointermove", (event) => this.#drag(event));
    container.addEventListener("pointerup", (event) => this.#up(event));
    container.addEventListener("pointercancel", (event) => this.#forget(event));
    container.addEventListener("pointerleave", () => this.on.hover(null));
    // One finger scrolls the page that the frame is in; two move the map.
    for (const name of ["touchstart", "touchmove"]) {
      container.addEventListener(name, (event) => {
        if (event.touches.length > 1) event.preventDefault();
      }, { passive: false });
    }
    // Likewise the wheel, until the map has the focus.
    container.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== container) return;
      event.preventDefault();
      this.zoomTo(this.zoom - Math.max(-1, Math.min(1, event.deltaY / 200)), this.#pointOf(event));
    }, { passive: false });
    container.addEventListener("dblclick", (event) => this.zoomTo(this.zoom + 1, this.#pointOf(event)));
    container.addEventListener("keydown", (event) => this.#key(event));
  }

  #pointOf(event) {
    const box = this.container.getBoundingClientRect();
    return { x: event.clientX - box.x, y: event.clientY - box.y };
  }

  #down(event) {
    if (event.button || event.target.closest("button")) return;
    const point = this.#pointOf(event);
    this.pointers.set(event.pointerId, point);
    this.pressed = this.pointers.size === 1 ? point : null;
  }

  #drag(event) {
    const point = this.#pointOf(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.on.hover(point);
      return;
    }
    if (this.pressed && distance(this.pressed, point) <= STRAY) return;
    this.pressed = null;
    this.on.hover(null);
    this.pointers.set(event.pointerId, point);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const wider = Math.log2(Math.max(distance(point, other), 1) / Math.max(distance(before, other), 1));
      this.zoomTo(this.zoom + wider, { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 });
      this.moveBy((before.x - point.x) / 2, (before.y - point.y) / 2);
    } else if (event.pointerType !== "touch") {
      // From here on the map has the pointer, wherever it goes.
      this.container.setPointerCapture(event.pointerId);
      this.moveBy(before.x - point.x, before.y - point.y);
    }
  }

  #up(event) {
    if (this.pressed && this.pointers.has(event.pointerId)) this.on.click(this.#pointOf(event));
    this.#forget(event);
  }

  #forget(event) {
    this.pointers.delete(event.pointerId);
    this.pressed = null;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.container) return;
    const arrow = KEYS[event.key];
    if (arrow) this.moveBy(arrow[0] * BY_KEY, arrow[1] * BY_KEY);
    else if (event.key === "+" || event.key === "=") this.zoomTo(this.zoom + 1);
    else if (event.key === "-") this.zoomTo(this.zoom - 1);
    else if (event.key === "Escape") this.on.escape();
    else return;
    event.preventDefault();
  }
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

// West, north, east, south as parts of the world's width in Web Mercator.
function boxOfWorld([[south, west], [north, east]]) {
  const x = (degrees) => (degrees + 180) / 360;
  const y = (degrees) => 0.5 - Math.asinh(Math.tan((degrees * Math.PI) / 180)) / (2 * Math.PI);
  return [x(west), y(north), x(east), y(south)];
}
