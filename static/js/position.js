// Where the map is, in the fragment of the address: `#map=zoom/latitude/longitude`. A link reopens the
// same view, and as no browser sends a fragment, no server learns where a reader looks.

const NAME = "#map=";
const SHAPE = /^#map=(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;

// The fragment to keep when the rest of the address changes.
export function fragment() {
  return location.hash.startsWith(NAME) ? location.hash : "";
}

// Go where the address says, now and whenever the reader goes back; write there where the map goes.
// Tells whether the address said anything.
export function keepPosition(map) {
  const found = follow(map);
  // A window of another shape, a second map or a place that is chosen move the map as well: what the
  // reader has not moved fits each window by itself.
  let moved = found;
  onMoving(map.getContainer().parentNode, () => {
    moved = true;
  });
  map.on("moveend", () => moved && write(map));
  window.addEventListener("popstate", () => follow(map));
  return found;
}

// Hear of what a reader moves a map by, before the map does: wheel, keys, fingers, dragging, buttons.
function onMoving(frame, hear) {
  const on = (type, fits = () => true) => frame.addEventListener(
    type, (event) => fits(event) && hear(), { capture: true, passive: true },
  );
  on("wheel");
  on("dblclick");
  on("keydown", ({ key }) => key !== "Tab");
  on("pointermove", ({ buttons, target }) => buttons > 0 && !target.matches("input"));
  on("touchstart", ({ touches }) => touches.length > 1);
  on("click", ({ target }) => Boolean(target.closest(".leaflet-control-zoom")));
}

function follow(map) {
  const [, zoom, latitude, longitude] = SHAPE.exec(location.hash) ?? [];
  if (zoom === undefined) return false;
  const place = [Number(latitude), Number(longitude)];
  const near = Math.min(Math.max(Number(zoom), map.getMinZoom()), map.getMaxZoom());
  map.setView(place, near, { animate: false });
  return true;
}

function write(map) {
  const zoom = map.getZoom();
  // Digits enough for a pixel.
  const digits = Math.ceil(zoom / 3) + 1;
  const { lat, lng } = map.getCenter();
  const said = `${NAME}${Number(zoom.toFixed(2))}/${lat.toFixed(digits)}/${lng.toFixed(digits)}`;
  if (said === location.hash) return;
  history.replaceState(history.state, "", location.pathname + location.search + said);
  for (const link of document.querySelectorAll("a[hreflang]")) link.hash = said;
}
