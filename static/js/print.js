// Printing: paper has another shape than the window, and no script runs once its pages are laid out.
// What the map shows is copied into a picture that paper scales.

import { element } from "./dom.js";

export function enablePrinting(map, scene, label) {
  const container = map.getContainer();
  let picture = null;
  window.addEventListener("beforeprint", () => {
    picture?.remove();
    picture = pictureOf(map, scene);
    picture.setAttribute("aria-label", label());
    container.before(picture);
  });
  window.addEventListener("afterprint", () => {
    picture?.remove();
    picture = null;
  });
}

// The part of the surfaces that is seen, at their own resolution.
function pictureOf(map, { base, overlay }) {
  base.redraw();
  overlay.redraw();
  const { x, y } = map.getSize();
  const { corner, ratio } = base.frame;
  const picture = element("canvas", { class: "print-map", role: "img" });
  picture.width = x * ratio;
  picture.height = y * ratio;
  const context = picture.getContext("2d");
  const from = map.containerPointToLayerPoint([0, 0]).subtract(corner).multiplyBy(ratio);
  context.fillStyle = getComputedStyle(map.getContainer()).backgroundColor;
  context.fillRect(0, 0, picture.width, picture.height);
  const { width, height } = picture;
  // Cut to the picture: what lies beyond it can come out on paper.
  for (const { canvas } of [base, overlay]) {
    context.drawImage(canvas, from.x, from.y, width, height, 0, 0, width, height);
  }
  return picture;
}
