// Runs inside a widget's page. Forms go by fetch in every sign-in layer, so that a sign-in that ran out never loses what
// was typed; links go by fetch only in layer 3 (a bearer token, which a plain link cannot carry).
// Load it in <head> without defer: it hides a signed-out page before the first paint, until the layer is known.
// docs/protocol.md describes every message, header and attribute used here.
(() => {
  "use strict";
  const NS = "bookwidget", VERSION = 1, WINDOW = "popup,width=480,height=700";
  const page = document.documentElement;
  const facts = page.dataset; // stated by the server
  const storageKey = "bookwidget:" + facts.tenant;
  const ownScheme = facts.scheme; // the owner chose one: the host page has no say
  let root, latest, shown, reported, hostState, popup, verifier, challenge;
  let bearer = false; // layer 3
  let known = false; // the layer is known: the page may be seen, measured and spoken about
  let instance = ""; // our name on the host page

  const neutral = (hidden) => (page.style.visibility = hidden ? "hidden" : "");
  neutral(!facts.signedIn);

  // ---- The bearer token: storage decides where it works (siblings share it), memory where it throws or is full
  let memory = "";
  function readToken() {
    try { return sessionStorage.getItem(storageKey) || memory; } catch { return memory; }
  }
  function keepToken(token) {
    memory = token;
    bearer ||= !!token; // cookies came back at the start and do no more
    try {
      sessionStorage.removeItem(storageKey);
      if (token) sessionStorage.setItem(storageKey, token);
      memory = "";
    } catch { // no storage: our frames on this page hand it to each other; the host page cannot read it
      for (let i = 0; i < parent.length; i++) {
        try {
          const sibling = parent[i]; // another site's frame throws here
          if (sibling !== window && sibling.location.origin === origin) sibling.postMessage({ tenant: facts.tenant, token }, origin);
        } catch { /* not ours */ }
      }
    }
  }

  async function ask(url, options) {
    const token = bearer && readToken();
    const headers = { "X-Bookwidget": "1", ...(token && { Authorization: "Bearer " + token }) };
    const response = await fetch(url, { ...options, headers });
    const renewed = response.headers.get("X-Bookwidget-Token"); // "" after sign-out
    if (renewed !== null) keepToken(renewed);
    return response;
  }

  // ---- Pages by fetch. `quiet`: the visitor did not ask for it, so history, focus and scroll stay as they are.
  async function visit(url, { method = "GET", body, form, quiet, y } = {}) {
    const mine = (latest = {});
    const write = method !== "GET";
    document.getElementById("trouble")?.remove();
    let response, fresh, go;
    try {
      response = await ask(url, { method, body }); // never aborted: it may bring a renewed token, and a write is a write
      if (!write && mine !== latest) return; // the visitor went on
      const header = (name) => response.headers.get("X-Bookwidget-" + name);
      if (header("File")) return location.assign(header("File")); // a signed link; an attachment leaves the page alone
      go = header("Go");
      if (header("Leave") && leaveFor(header("Leave"))) return;
      fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return (write || mine === latest) && trouble("network", form);
    }
    const panel = form?.closest("#sign-in");
    if (go !== null) return panel ? closePanel(panel) : visit(go);
    if (mine !== latest) return;
    const content = fresh.getElementById("root");
    if (!content || (write && response.status > 499)) return trouble("server", form);
    await addStyles(fresh);
    // Redirected means that the form was taken (sign-out, say) and only the next page asks for a sign-in.
    const refused = response.status === 401 && form && !panel && !response.redirected;
    if (refused && !form.closest(".bw-menu")) return openPanel(form, content); // "Log out" in a menu has nothing to keep
    if (panel && !response.redirected) return show(panel, panelPart(content)); // a wrong password keeps the form behind it
    const { dataset, lang } = fresh.documentElement;
    facts.signedIn = dataset.signedIn || "";
    page.lang = lang;
    document.title = fresh.title;
    // The answer to a refused POST keeps the old address, as a reload must not ask for a POST address.
    if (!quiet && (!write || response.redirected) && y === undefined) {
      history.scrollRestoration = "manual";
      history.replaceState({ y: scrollY }, "");
      history.pushState({}, "", response.url);
    }
    show(root, content, quiet, y);
  }
  const again = () => visit(location.href, { quiet: true }); // a GET, where reload() would repeat a POST

  function show(place, content, quiet, y = 0) {
    place.replaceChildren(...content.childNodes);
    shown = location.pathname + location.search;
    looping = false;
    reveal();
    if (quiet) return;
    if (place === root) scrollTo(0, y);
    focus(place.querySelector("[aria-invalid=true]") || place.querySelector("[data-focus]") || place.querySelector("h1") || place);
  }
  function focus(target) {
    if (target.tabIndex < 0) target.tabIndex = -1; // a heading can take the focus only with the attribute
    target.focus({ preventScroll: !!instance });
    if (instance) tell("scroll", { y: Math.max(0, Math.round(target.getBoundingClientRect().top)) });
  }
  function addStyles(fresh) { // another widget's page may need its own sheet
    const known = [...document.styleSheets].map(({ href }) => href);
    return Promise.all([...fresh.querySelectorAll("link[rel=stylesheet]")].map((link) => known.includes(link.href) || new Promise((done) => {
      link.onload = link.onerror = done;
      document.head.append(link);
    })));
  }
  function leaveFor(url) { // a page of somebody else's (a payment, say) never opens inside the frame
    const opened = open("", "_blank", WINDOW);
    if (!opened) return; // WebKit, after an await: the answer's body has the link
    opened.opener = null;
    return (opened.location = url);
  }
  function trouble(code, form) { // what was typed stays and can be sent again
    const note = document.createElement("p");
    note.id = "trouble";
    note.className = "bw-note bw-note--bad";
    note.role = "alert";
    note.textContent = facts.wordsNetwork;
    (form || root).prepend(note);
    reveal();
    if (!form) tell("fail", { code });
  }

  // ---- Sign-in in the flow: the form stays in the document with its values and files
  const panelPart = (content) => content.querySelector("[data-sign-in]") || content;
  function openPanel(form, content) {
    const panel = document.createElement("section");
    panel.id = "sign-in";
    panel.className = "bw-stack";
    form.before(panel);
    form.hidden = true;
    facts.signedIn = "";
    show(panel, panelPart(content), true);
    focus(panel.querySelector("input:not([type=hidden])") || panel);
  }
  function closePanel(panel) {
    const form = panel.nextElementSibling;
    panel.remove();
    form.hidden = false;
    facts.signedIn = "1";
    reveal();
    focus(form.querySelector("button:not([type=button])") || form);
  }

  // ---- Layer 4: a window of our own signs in and gives us a code, which is worth nothing without our verifier
  async function prepare() { // ahead, because nothing may be awaited between the click and the window
    verifier = crypto.getRandomValues(new Uint32Array(8)).join("-");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    challenge = btoa(String.fromCharCode(...new Uint8Array(digest)));
  }
  function openPopup(link) {
    link.search = new URLSearchParams({ challenge });
    popup = open(link.href, storageKey, WINDOW);
    // None may be a blocked window, or one that a strict host page cut off from us: the next click opens a plain tab.
    if (!popup) link.removeAttribute("data-popup");
    setTimeout(codeForm, popup ? 5000 : 0);
  }
  function codeForm() { // for the six digits that the window shows where it cannot reach us
    const form = document.querySelector("[data-code]");
    if (form) form.hidden = false;
    return form;
  }
  function redeem(code) {
    const form = codeForm();
    if (!form || typeof code !== "string") return;
    form.code.value = code;
    form.requestSubmit();
    popup.close();
  }

  // ---- What the visitor does
  function onClick(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (challenge && link.matches("[data-popup]")) {
      event.preventDefault();
      return openPopup(link);
    }
    if (!bearer) return;
    if (link.origin !== origin || (link.target && link.target !== "_self") || /^#/.test(link.getAttribute("href"))) return;
    event.preventDefault();
    visit(link.href);
  }
  async function onSubmit(event) {
    const form = event.target, button = event.submitter;
    if (event.defaultPrevented) return;
    // getAttribute, because a field named "action" hides form.action, and button.formAction is never empty.
    const choice = (name) => button?.getAttribute("form" + name) ?? form.getAttribute(name) ?? "";
    const method = choice("method").toUpperCase() || "GET";
    const target = choice("target");
    if (method === "DIALOG" || (target && target !== "_self")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy")) return; // the second click of a double click
    form.setAttribute("aria-busy", "true");
    const body = new FormData(form, button);
    const url = new URL(choice("action") || location.href, location.href);
    if (method === "GET") {
      url.search = new URLSearchParams([...body].map(([name, value]) => [name, value.name ?? value]));
      await visit(url);
    } else {
      if (form.matches("[data-code]")) body.set("verifier", verifier);
      await visit(url, { method, body, form });
    }
    form.removeAttribute("aria-busy");
  }
  function closeMenus(event) { // a click elsewhere, or Escape
    const menus = document.querySelectorAll("details.bw-menu[open]");
    if (event.key === "Escape" && !menus[0]) tell("close");
    for (const menu of menus) {
      if (event.key ? event.key !== "Escape" : menu.contains(event.target)) continue;
      if (menu.contains(document.activeElement)) menu.firstElementChild.focus();
      menu.open = false;
    }
  }

  // ---- Messages
  function tell(type, data = {}) {
    if (facts.parent && parent !== window) parent.postMessage({ ns: NS, v: VERSION, id: instance, type, data }, facts.parent);
  }
  const hear = {
    init(data) {
      if (typeof data.id !== "string" || !data.id) return;
      const first = !instance;
      if (instance !== data.id) height = reported = 0; // a loader that mounted anew: state everything again
      instance = data.id;
      tell("ready");
      hear.config(data);
      report();
      // A plain link brought the visitor here, perhaps from the end of a long page.
      if (first && document.referrer.startsWith(origin)) tell("scroll", { y: 0 });
    },
    ping: () => tell("hello", { min: VERSION, max: VERSION }),
    config({ scheme }) {
      if (!ownScheme && (scheme === "dark" || scheme === "light")) page.style.colorScheme = facts.scheme = scheme;
    },
    session({ state }) {
      if (state !== "in" && state !== "out") return;
      hostState = state;
      follow();
    },
  };
  addEventListener("message", ({ source, origin: from, data: message }) => {
    if (!source || !message || typeof message !== "object") return;
    if (source === popup && from === origin) return redeem(message.code);
    if (from === origin && source !== window && source.parent === parent && message.tenant === facts.tenant) {
      if (typeof message.token === "string") memory = message.token;
      return;
    }
    const { ns, v, id, type, data } = message;
    if (source !== parent || source === window || from !== facts.parent || ns !== NS || v !== VERSION) return;
    if (!Object.hasOwn(hear, type) || !data || typeof data !== "object") return;
    if (id === instance || type === "init" || type === "ping") hear[type](data);
  });
  function sayHello(wait = 250) {
    if (instance || wait > 4000) return;
    hear.ping();
    setTimeout(sayHello, wait, wait * 2);
  }
  function follow() { // a sibling signed in or out
    if (!known || !hostState || hostState === (facts.signedIn ? "in" : "out")) return;
    const panel = document.getElementById("sign-in");
    if (panel && hostState === "in") closePanel(panel);
    else again();
  }
  function reveal() {
    known = true;
    neutral(false);
    for (const field of root.querySelectorAll("[data-prefill]")) field.value ||= new URLSearchParams(name).get(field.name);
    report();
  }
  function report() { // not before the layer is known: "out" would sign siblings out for a moment
    if (!instance || !known) return;
    sendSize();
    tell("title", { title: document.title });
    const state = facts.signedIn ? "in" : "out";
    if (state !== reported) tell("session", { state: (reported = state) });
    for (const mark of root.querySelectorAll("[data-event]")) { // "booking.cancelled?booking=…", told once
      const [name, ids] = mark.dataset.event.split("?");
      mark.removeAttribute("data-event");
      tell("event", { name, ids: Object.fromEntries(new URLSearchParams(ids)) });
    }
  }

  // ---- Height: at most 12 messages a second; 20 changes in 3 s without input are a feedback loop
  let height = 0, changes = [], sizeTimer, fitTimer, looping = false;
  const sizeSoon = () => (sizeTimer ||= setTimeout(sendSize, 80));
  const wanted = () => Math.max(root.scrollHeight, Math.ceil(root.getBoundingClientRect().height)); // an open menu counts
  function sendSize() {
    sizeTimer = 0;
    const now = performance.now(), h = wanted();
    if (!instance || !known || looping || !h || Math.abs(h - height) < 2) return;
    changes = changes.filter((time) => now - time < 3000);
    if (changes.push(now) > 20) {
      looping = true;
      tell("fail", { code: "loop" });
    } else tell("size", { h: (height = h) });
    fitted(!looping); // no scroll bar for the moment in which the host follows
    fitSoon();
  }
  const fitted = (fits) => (page.style.overflow = fits ? "hidden" : "");
  function fitSoon() { // a host with a lower limit, or one that stopped listening: the frame scrolls by itself
    clearTimeout(fitTimer);
    fitTimer = setTimeout(() => fitted(instance && !looping && wanted() <= innerHeight + 1), 500);
  }

  // ---- Start
  sayHello();
  prepare();
  document.addEventListener("DOMContentLoaded", async () => {
    root = document.getElementById("root");
    root.style.display = "flow-root"; // margins inside belong to its height
    shown = location.pathname + location.search;
    new ResizeObserver(sizeSoon).observe(root);
    addEventListener("toggle", sizeSoon, true);
    addEventListener("resize", fitSoon);
    for (const input of ["input", "click"]) addEventListener(input, () => (changes = []), true);
    for (const input of ["click", "keydown"]) addEventListener(input, closeMenus);
    document.addEventListener("click", onClick);
    document.addEventListener("submit", onSubmit);
    addEventListener("popstate", ({ state }) => {
      if (shown !== location.pathname + location.search) visit(location.href, { y: state?.y ?? 0 });
    });
    try {
      // A token that was kept answers the probe's question one round trip earlier.
      bearer = !facts.signedIn && !facts.cookies && (!!readToken() || !(await (await ask(facts.base + "probe")).json()).cookies);
    } catch { return trouble("network"); }
    if (bearer && readToken()) await again();
    else reveal();
    follow();
  });
  addEventListener("pageshow", ({ persisted }) => { // back from the browser's memory: who is signed in now?
    if (!persisted) return;
    hear.ping(); // takes the "bye" back
    again();
  });
  addEventListener("pagehide", () => tell("bye"));
})();
