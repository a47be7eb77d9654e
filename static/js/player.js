// Plays periods one after another: each as long as it takes to be read, the next fetched meanwhile.

import { element, svg } from "./dom.js";
import { _ } from "./words.js";

const PACE_MS = 900;
// Who asks for less motion gets the same steps, less often.
const CALM_MS = 1800;
// A break is said in a sentence.
const BREAK_MS = 3200;

const PLAY = "M7 4v16l13-8z";
const PAUSE = "M6 4h4v16H6zM14 4h4v16h-4z";

export class Player {
  // `on` has next() and first(), a period or null; breaks(period), what is passed on the way there;
  // go(period) -> Promise of whether it is shown; prefetch(period) -> Promise; done(), once paused.
  constructor(on) {
    this.on = on;
    this.playing = false;
    this.turn = 0;
    this.timer = null;
    this.title = _("Play");
    this.path = svg("path", { d: PLAY });
    this.button = element("button", { type: "button", class: "step play" },
      svg("svg", { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true" }, this.path));
    this.button.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.pause();
    });
    this.#show();
  }

  name(title) {
    this.title = title;
    this.#show();
  }

  play() {
    this.playing = true;
    this.#show();
    this.#step(this.on.next() ?? this.on.first());
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.turn += 1;
    clearTimeout(this.timer);
    this.#show();
    this.on.done();
  }

  async #step(period) {
    const { on } = this;
    const turn = ++this.turn;
    const breaks = on.breaks(period);
    // One that fails is asked for once more by the map, which tells of it.
    await on.prefetch(period).catch(() => {});
    if (turn !== this.turn) return;
    const shown = await on.go(period);
    if (turn !== this.turn) return;
    const next = on.next();
    if (!shown || !next) {
      this.pause();
      return;
    }
    on.prefetch(next).catch(() => {});
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const pace = breaks.length ? BREAK_MS : calm ? CALM_MS : PACE_MS;
    this.timer = setTimeout(() => this.#step(next), pace);
  }

  #show() {
    const label = this.playing ? _("Pause") : this.title;
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
    this.path.setAttribute("d", this.playing ? PAUSE : PLAY);
  }
}
