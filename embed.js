// bookwidget loader. Put it on a page once, anywhere, with `async`; it needs no other file and no build.
//   <iframe data-bookwidget src="https://…/w/<tenant>/<widget>">   works without this script, and better with it
//   <div data-bookwidget="tenant/widget"></div>                    a frame is put inside
//   <a data-bookwidget="tenant/widget" href="…">…</a>              a frame takes the place of the link
//   <book-widget name="tenant/widget"></book-widget>       the same as the div, for frameworks
//   <a data-bookwidget-open="tenant/widget" href="…">      opens it in a dialog; with data-float it floats over the page
// Attributes: data-title, data-min-height, data-max-height, data-scheme, data-prefill, data-error, data-retry, data-open, data-close.
// docs/protocol.md describes every message between this script and bookwidget/web/static/frame.js.
(() => {
  "use strict";
  if (window.bookwidget?.loaded) return; // the snippet was pasted twice
  const NS = "bookwidget", VERSION = 1;
  const early = window.bookwidget?.q || []; // what the page asked for before this script came
  const origin = new URL(document.currentScript.src).origin;
  const page = document.documentElement;
  const widgets = new Map(); // place on the page -> widget
  const left = new WeakSet(); // places that the owner's script unmounted

  // ---- What the host page looks like
  function schemeOf(place) {
    const stated = place.dataset.scheme || getComputedStyle(place).colorScheme;
    if (stated === "light" || stated === "dark") return stated;
    if (/dark/.test(stated)) return matchMedia("(prefers-color-scheme:dark)").matches ? "dark" : "light";
    // Nothing stated, as on most sites: the colour behind the place decides, not what the visitor's system prefers.
    for (let box = place; box; box = box.parentElement) {
      const colour = getComputedStyle(box).backgroundColor;
      const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g) || [];
      if (/^rgb/.test(colour) && alpha > 0.5) return red * 2 + green * 5 + +blue < 1020 ? "dark" : "light";
      if (/^ok/.test(colour)) return red < 0.5 ? "dark" : "light"; // the first number of oklch() and oklab() is lightness
    }
    return "light";
  }
  const lookOf = ({ place, frame }) => {
    const scheme = schemeOf(place);
    frame.style.colorScheme = scheme; // what prefers-color-scheme says inside, so that the first paint is right
    return { scheme, lang: place.closest("[lang]")?.lang };
  };

  // ---- Messages
  function send(widget, type, data = {}) {
    widget.frame.contentWindow?.postMessage({ ns: NS, v: VERSION, id: widget.id, type, data }, origin);
  }
  function emit(widget, name, detail) {
    widget.place.dispatchEvent(new CustomEvent(NS + ":" + name, { detail, bubbles: true }));
  }

  const hear = {
    hello(widget, { min, max }) {
      if (!Number.isInteger(min) || !Number.isInteger(max)) return;
      if (min > VERSION || max < VERSION) return showCard(widget, "version");
      widget.alive = true;
      widget.looping = false;
      send(widget, "init", { id: widget.id, ...lookOf(widget) });
    },
    ready(widget) {
      clearTimeout(widget.timer);
      hideCard(widget);
      if (!widget.ready) emit(widget, "ready", {});
      widget.ready = true;
    },
    size(widget, { h }) {
      if (!Number.isInteger(h) || h < 1 || h === widget.wanted || widget.looping) return;
      const now = performance.now();
      widget.sizes = widget.sizes.filter((time) => now - time < 3000);
      if (widget.sizes.push(now) > 30) { // the frame stops itself earlier; this is for one that does not
        widget.looping = true;
        return emit(widget, "fail", { code: "loop" });
      }
      widget.wanted = h;
      widget.sizeTimer ||= setTimeout(resize, 50, widget); // at most 20 a second
    },
    title(widget, { title }) {
      if (typeof title === "string" && !widget.place.dataset.title) widget.frame.title = title;
    },
    scroll({ frame }, { y }) { // the frame shows another page, whose start may be above the window
      const top = frame.getBoundingClientRect().top + y;
      if (Number.isInteger(y) && y >= 0 && y <= frame.clientHeight && top < 0) scrollBy(0, top - innerHeight / 8);
    },
    session(widget, { state }) {
      if (state !== "in" && state !== "out") return;
      for (const other of widgets.values()) {
        if (other !== widget && other.alive && other.tenant === widget.tenant) send(other, "session", { state });
      }
      emit(widget, "session", { state });
    },
    event(widget, { name, ids }) {
      if (typeof name !== "string" || !/^[a-z]+\.[a-z_.]{1,40}$/.test(name) || typeof ids !== "object" || !ids) return;
      emit(widget, name, Object.fromEntries(Object.entries(ids).filter(([, id]) => typeof id === "string" && /^[\w-]{1,64}$/.test(id))));
    },
    close({ place }) { // Escape inside the frame
      if (dialog?.contains(place)) dialog.close();
    },
    bye: (widget) => expect(widget, 8000), // Firefox fires no load event for the error page of a dead service
    fail(widget, { code }) {
      if (code === "loop") emit(widget, "fail", { code });
      else if (typeof code === "string" && /^[a-z]{1,20}$/.test(code)) showCard(widget, code);
    },
  };
  addEventListener("message", ({ origin: from, source, data: message }) => {
    if (from !== origin || message?.ns !== NS || message.v !== VERSION) return;
    const { id, type, data } = message;
    // Firefox names no source where the page that spoke has gone: then its id, which nobody else was told, has to do.
    const widget = [...widgets.values()].find((one) => (source ? one.frame.contentWindow === source : one.id === id));
    if (!widget || !Object.hasOwn(hear, type) || !data || typeof data !== "object") return;
    if (id === widget.id || type === "hello") hear[type](widget, data); // the frame learns its id by our answer
  });

  // ---- Height
  function resize(widget) {
    const { minHeight, maxHeight } = widget.place.dataset;
    widget.sizeTimer = 0;
    widget.frame.style.height =
      Math.min(Math.max(widget.wanted, parseInt(minHeight) || 40), parseInt(maxHeight) || 20000) + "px";
  }

  // ---- Loading
  const near = new IntersectionObserver((entries) => {
    for (const widget of widgets.values()) {
      if (!entries.some(({ target, isIntersecting }) => isIntersecting && target === widget.frame)) continue;
      near.unobserve(widget.frame);
      if (widget.ready) continue;
      if (!widget.upgraded) load(widget);
      else if (widget.frame.contentDocument) expect(widget, 8000); // its page has not come yet
      else widget.loaded(); // it came, perhaps before this script
    }
  }, { rootMargin: "400px" });

  function load(widget) {
    const { frame, url } = widget;
    widget.asked = true;
    widget.alive = false;
    url.searchParams.set("o", location.origin); // a host without referrer is known by this; a lie only blocks itself
    const { lang } = lookOf(widget);
    if (lang) url.searchParams.set("lang", lang);
    if (frame.src) frame.contentWindow.location.replace(url); // leaves no step in the visitor's history
    else frame.src = url;
    expect(widget, 8000);
  }
  function expect(widget, wait, otherwise = () => showCard(widget, "timeout")) {
    clearTimeout(widget.timer);
    widget.timer = setTimeout(otherwise, wait);
  }

  // ---- The card that stands in for a frame that does not come. In a shadow root, so that the host's styles stay out
  // of it; with an adopted sheet, which a strict CSP allows; in the host's own text colour, so that it fits light and dark.
  const style =
    ":host{all:initial;box-sizing:border-box;display:grid;place-content:center;justify-items:center;gap:1em;" +
    "padding:1.5em;font:inherit;color:inherit;text-align:center;border-radius:.75em;" +
    "border:1px solid color-mix(in srgb,currentColor 25%,transparent)}:host([aria-busy]){opacity:.6}" +
    "button,a{all:unset;cursor:pointer;padding:.75em 1.25em;border-radius:.5em;text-decoration:underline}" +
    "button{border:1px solid;text-decoration:none}:focus-visible{outline:2px solid;outline-offset:2px}";
  const make = (name, options) => Object.assign(document.createElement(name), options);

  function showCard(widget, code) {
    const { place, frame, tenant } = widget;
    const words = place.dataset;
    const height = frame.offsetHeight || widget.card?.offsetHeight;
    const focused = hideCard(widget);
    const retry = make("button", { type: "button", textContent: words.retry || "Try again" });
    const open = make("a", { href: `${origin}/p/${tenant}/`, target: "_blank", rel: "noopener", textContent: words.open || "Open in a new tab" });
    const card = (widget.card = make("div", { role: "alert", className: "bookwidget-card" }));
    retry.onclick = () => { // the card stays until the frame is there, so that nothing blank or broken is seen meanwhile
      card.setAttribute("aria-busy", "true");
      load(widget);
    };
    card.dataset.code = code;
    card.style.minHeight = Math.min(height, 320) + "px"; // what follows on the page stays in its place
    const inside = card.attachShadow({ mode: "open" });
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      inside.adoptedStyleSheets = [sheet];
    } catch { /* an old browser shows the card unstyled */ }
    widget.alive = false;
    clearTimeout(widget.timer);
    frame.style.display = "none"; // not `hidden`, which any display of the host's would overrule
    frame.after(card);
    inside.append(words.error || "This part of the page could not be loaded.", retry, open);
    if (focused) retry.focus();
    emit(widget, "fail", { code });
  }
  function hideCard(widget) {
    const { card, frame } = widget;
    if (!card) return;
    const focused = document.activeElement === card;
    frame.style.display = widget.display;
    card.remove();
    widget.card = null;
    if (focused) frame.focus();
    return focused;
  }

  // ---- Places on the page
  function mount(place) {
    const words = place?.dataset;
    if (!words || widgets.has(place)) return;
    const upgraded = place.localName === "iframe";
    const url = upgraded ? place.src : `${origin}/w/${words.bookwidget}`;
    const [, tenant] = (url.startsWith(origin) && url.slice(origin.length).match(/^\/w\/([\w-]+)\/[\w-]+\/?([?#]|$)/)) || [];
    if (!tenant) return;
    const frame = upgraded ? place : make("iframe", { title: words.title || place.textContent.trim(), name: words.prefill || "" });
    const widget = { place, frame, tenant, upgraded, url: new URL(url), display: upgraded ? place.style.display : "block", sizes: [] };
    widget.id = crypto.getRandomValues(new Uint32Array(4)).join("-"); // randomUUID is missing on a host without https
    widget.loaded = () => {
      if (frame.contentDocument && origin !== location.origin) return; // still the empty document of the start
      send(widget, "ping"); // a page of ours answers with hello, also when it spoke before this script came
      // A plain frame on a host without referrer cannot have been let in: once more with the origin in the address.
      expect(widget, 3000, upgraded && !widget.asked ? () => load(widget) : undefined);
    };
    widget.was = place.style.cssText;
    widgets.set(place, widget);
    if (upgraded) {
      if (words.minHeight) place.style.minHeight = parseInt(words.minHeight) + "px";
    } else {
      const height = parseInt(words.minHeight) || 320; // kept free, so that the host page does not jump
      frame.style.cssText = `border:0;width:100%;display:block;height:${height}px`; // by script: a strict CSP allows it
      if (place.localName === "a") {
        place.after(frame);
        place.style.display = "none";
      } else {
        widget.children = [...place.childNodes];
        place.replaceChildren(frame);
      }
    }
    lookOf(widget);
    frame.addEventListener("load", widget.loaded);
    near.observe(frame);
  }
  function unmount(place) {
    const widget = widgets.get(place);
    if (!widget) return;
    const { frame } = widget;
    clearTimeout(widget.timer);
    clearTimeout(widget.sizeTimer);
    near.unobserve(frame);
    frame.removeEventListener("load", widget.loaded);
    hideCard(widget);
    if (frame !== place) frame.remove();
    if (widget.children) place.replaceChildren(...widget.children);
    else place.style.cssText = widget.was;
    widgets.delete(place);
  }

  function scan() {
    for (const [place, { frame }] of widgets) if (!place.isConnected || !frame.isConnected) unmount(place);
    for (const place of document.querySelectorAll("[data-bookwidget]")) if (!left.has(place)) mount(place);
    floats();
  }
  let lookTimer;
  function restyle() { // late enough for a background that fades, and once for a row of changes
    clearTimeout(lookTimer);
    lookTimer = setTimeout(() => {
      for (const widget of widgets.values()) if (widget.alive) send(widget, "config", lookOf(widget));
    }, 400);
  }

  // ---- In a dialog, which the browser keeps modal, closes by Escape, and leads the focus in and out of
  let dialog;
  function open(name, words = {}) {
    if (!/^[\w-]+\/[\w-]+(\?[\w=&-]+)?$/.test(name)) return;
    dialog?.close();
    const box = (dialog = make("dialog", { className: "bookwidget-dialog" }));
    const shut = make("button", { type: "button", textContent: "\u00d7", ariaLabel: words.close || "Close" });
    const place = make("div");
    Object.assign(place.dataset, words, { bookwidget: name });
    box.style.cssText = "box-sizing:border-box;width:min(42rem,100% - 1rem);max-height:94%;padding:0;border:0;border-radius:.75em";
    shut.style.cssText = "all:revert;position:sticky;float:inline-end;top:0;width:44px;height:44px;border:0;background:none;font-size:1.5em";
    shut.onclick = () => box.close();
    box.onclose = () => {
      unmount(place);
      box.remove();
    };
    box.append(shut, place);
    document.body.append(box);
    box.showModal();
    mount(place);
  }
  addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-bookwidget-open]");
    if (!opener || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { bookwidgetOpen, ...words } = opener.dataset;
    open(bookwidgetOpen, words);
  });
  function floats() {
    for (const { style } of document.querySelectorAll("[data-bookwidget-open][data-float]")) {
      style.position = "fixed";
      style.insetBlock = style.insetInline = "auto 1rem"; // the end of the line is on the left in Arabic
      style.zIndex = 9;
    }
  }

  // window.bookwidget("mount", element), ("unmount", element), ("open", "tenant/widget", {…}) and ("close")
  const api = {
    mount(place) {
      left.delete(place);
      mount(place);
    },
    unmount(place) {
      if (place) left.add(place);
      unmount(place);
    },
    open,
    close: () => dialog?.close(),
  };
  window.bookwidget = (name, ...values) => { if (Object.hasOwn(api, name)) api[name](...values); };
  window.bookwidget.loaded = true;

  customElements.define("book-widget", class extends HTMLElement {
    connectedCallback() { // the scan below finds it, now or when it comes into the page
      this.style.display ||= "block";
      this.dataset.bookwidget = this.getAttribute("name");
      scan();
    }
  });
  scan();
  for (const words of early) window.bookwidget(...words);
  new MutationObserver(scan).observe(page, { childList: true, subtree: true });
  const looks = new MutationObserver(restyle);
  for (const element of [page, document.body]) {
    if (element) looks.observe(element, { attributeFilter: ["class", "style", "lang", "data-theme"] });
  }
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", restyle);
})();
