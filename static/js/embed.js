// For the pages of other sites: makes a responsive map of <a class="mapsvc" href=".../maps/..."> and
// of <jurisdiction-map src=".../maps/...">. A classic script: it must know where it came from.

(() => {
  const HOME = new URL(document.currentScript.src).origin;
  const LOWEST = 240;
  const HIGHEST = 2000;
  const START = 480;
  const frames = new WeakMap();
  // A map without a title of its own, by the languages that widgets speak.
  const UNTITLED = { en: "Map", es: "Mapa" };

  // The address of the widget of a map page, which may be pinned; null for any other address.
  function widgetOf(address, theme, language) {
    let url;
    try {
      url = new URL(address, document.baseURI);
    } catch {
      return null;
    }
    const path = url.pathname.match(/^(\/r\/[^/]+)?\/(?:maps|embed)\/([^/]+)$/);
    if (url.origin !== HOME || !path) return null;
    url.pathname = `${path[1] ?? ""}/embed/${path[2]}`;
    if (theme) url.searchParams.set("theme", theme);
    // A region is no other language here: es-MX is es.
    const [spoken] = (language ?? "").toLowerCase().split("-");
    if (spoken === "en") url.searchParams.delete("lang");
    else if (spoken in UNTITLED) url.searchParams.set("lang", spoken);
    url.hash = "";
    return url.href;
  }

  function frameOf(address, title, height) {
    const frame = document.createElement("iframe");
    frame.src = address;
    frame.title = title;
    frame.loading = "lazy";
    frame.style.cssText = "display: block; width: 100%; border: 0";
    frame.style.height = `${within(height) ?? START}px`;
    if (within(height) === null) {
      // The widget answers whoever asks it, with its height and nothing else.
      frame.addEventListener("load", () => {
        frames.set(frame.contentWindow, frame);
        frame.contentWindow.postMessage({ mapsvc: "hello" }, HOME);
      });
    }
    return frame;
  }

  function within(height) {
    const pixels = Number(height);
    return height && Number.isFinite(pixels) && pixels > 0
      ? Math.round(Math.max(LOWEST, Math.min(HIGHEST, pixels))) : null;
  }

  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== HOME || data?.mapsvc !== "height" || typeof data.height !== "number") return;
    const frame = frames.get(source);
    const height = within(data.height);
    if (frame?.contentWindow !== source || height === null) return;
    frame.style.height = `${height}px`;
  });

  function upgrade() {
    for (const link of document.querySelectorAll("a.mapsvc[href]")) {
      const address = widgetOf(link.href, link.dataset.theme, link.dataset.lang);
      if (address) link.replaceWith(frameOf(address, link.textContent.trim(), link.dataset.height));
    }
  }

  class JurisdictionMap extends HTMLElement {
    static observedAttributes = ["src", "theme", "height", "title", "lang"];

    connectedCallback() {
      this.style.display = "block";
      this.#show();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#show();
    }

    // Several attributes that change at once are one change.
    #show() {
      this.due ??= Promise.resolve().then(() => {
        this.due = null;
        const address = widgetOf(
          this.getAttribute("src") ?? "", this.getAttribute("theme"), this.getAttribute("lang"),
        );
        if (!address) return;
        const spoken = new URL(address).searchParams.get("lang") ?? "en";
        const title = this.getAttribute("title") ?? (this.textContent.trim() || UNTITLED[spoken]);
        this.setAttribute("aria-label", title);
        this.shadow ??= this.attachShadow({ mode: "closed" });
        this.shadow.replaceChildren(frameOf(address, title, this.getAttribute("height")));
      });
    }
  }

  if (!customElements.get("jurisdiction-map")) {
    customElements.define("jurisdiction-map", JurisdictionMap);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", upgrade);
  else upgrade();
})();
