// The background that an operator has named, from elsewhere, in place of the ground of the release.

import { onThemeChange, theme } from "./theme.js";

const L = window.L;

// `light` and `dark` are {url, subdomains, maxZoom, tileSize, attribution}: HTML that is the service's.
export function addBasemap(map, { light, dark }) {
  let layer = null;
  const show = () => {
    const { url, subdomains, maxZoom, tileSize, attribution } = theme().name === "dark" ? dark : light;
    if (layer?.options.template === url) return;
    layer?.remove();
    layer = L.tileLayer(url, {
      template: url, subdomains, attribution, tileSize, zoomOffset: 8 - Math.log2(tileSize),
      maxNativeZoom: maxZoom, maxZoom: map.getMaxZoom(),
    }).addTo(map);
  };
  map.getContainer().classList.add("map-on-basemap");
  onThemeChange(show);
  show();
}
