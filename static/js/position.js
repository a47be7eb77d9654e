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
  map.on("moveend", () => write(map));
  window.addEventListener("popstate", () => follow(map));
  return found;
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
