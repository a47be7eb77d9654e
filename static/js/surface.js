// A Leaflet layer that is one canvas over the view: no seams between tiles, no label cut in two,
// sharp at every zoom, and repainted without a request.

const L = window.L;
const PADDING = 0.2;

export const Surface = L.Layer.extend({
  initialize(paint, name) {
    this.paint = paint;
    this.name = name;
  },

  onAdd() {
    this.canvas = L.DomUtil.create("canvas", `surface surface-${this.name} leaflet-zoom-animated`);
    this.getPane().append(this.canvas);
    this.redraw();
  },

  onRemove() {
    this.canvas.remove();
  },

  getEvents() {
    return {
      viewreset: this.redraw,
      moveend: this.redraw,
      resize: this.redraw,
      move: this.follow,
      zoom: () => this.place(this._map.getCenter(), this._map.getZoom()),
      zoomanim: (event) => this.place(event.center, event.zoom),
    };
  },

  // Paint again before the next frame; many calls are one.
  request() {
    if (this.pending || !this._map) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      if (this._map) this.redraw();
    });
  },

  // While the map is dragged: paint when the view leaves what is painted.
  follow() {
    if (!this.frame || this._map.getZoom() !== this.frame.zoom) return;
    const offset = this._map.containerPointToLayerPoint([0, 0]).subtract(this.frame.corner);
    const size = this._map.getSize();
    const room = [this.frame.width - size.x, this.frame.height - size.y];
    if (offset.x < 0 || offset.y < 0 || offset.x > room[0] || offset.y > room[1]) this.request();
  },

  place(center, zoom) {
    if (!this.frame) return;
    const scale = this._map.getZoomScale(zoom, this.frame.zoom);
    const corner = this._map._latLngToNewLayerPoint(this.frame.northWest, zoom, center);
    L.DomUtil.setTransform(this.canvas, corner, scale);
  },

  redraw() {
    const map = this._map;
    if (map._animatingZoom) return;
    const size = map.getSize();
    const pad = size.multiplyBy(PADDING).round();
    const corner = map.containerPointToLayerPoint(pad.multiplyBy(-1)).round();
    const width = size.x + 2 * pad.x;
    const height = size.y + 2 * pad.y;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const { canvas } = this;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.frame = {
      context, ratio, width, height, corner, pad,
      zoom: map.getZoom(),
      origin: map.getPixelOrigin().add(corner),
      northWest: map.layerPointToLatLng(corner),
    };
    canvas.dataset.zoom = map.getZoom();
    L.DomUtil.setTransform(canvas, corner, 1);
    this.paint(this.frame);
  },
});
