// A transparent sheet over or under the figures, kept while the view of the map stays what it is.

export class Sheet {
  #seen = "";
  #kept = null;

  // Paint on a frame: directly the first time, as most views pass; a view that is painted again is
  // kept, and laid down whole from then on. `drawn` names what else the painting depends on.
  paint(frame, drawn, paint) {
    const { width, height, ratio, zoom, origin } = frame;
    const key = [width, height, ratio, zoom, origin.x, origin.y, drawn].join();
    if (key !== this.#seen) {
      this.#seen = key;
      this.#kept = null;
      paint(frame);
      return;
    }
    if (!this.#kept) {
      const canvas = document.createElement("canvas");
      canvas.width = frame.context.canvas.width;
      canvas.height = frame.context.canvas.height;
      paint({ ...frame, context: canvas.getContext("2d") });
      this.#kept = canvas;
    }
    const { context } = frame;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#kept, 0, 0);
    context.restore();
  }
}
