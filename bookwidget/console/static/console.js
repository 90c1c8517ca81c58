// Improves the console's pages: copies snippets, keeps colour picker and text alike, shows what is typed, closes an open menu, brings the current tab into sight, shows how far work has come. Everything works without it.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-copy]")) {
    const text = document.getElementById(button.dataset.copy);
    const status = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      status.textContent = ""; // so that a second press is read out again
      try {
        await navigator.clipboard.writeText(text.textContent);
        status.textContent = button.dataset.copied;
      } catch { // refused, or a page without https: the reader presses the keys
        getSelection().selectAllChildren(text);
        status.textContent = button.dataset.failed;
      }
    });
  }

  for (const place of document.querySelectorAll("[data-colour]")) {
    const picker = place.querySelector("input[type=color]");
    const typed = place.querySelector("input.bw-input");
    picker.addEventListener("input", () => (typed.value = picker.value));
    typed.addEventListener("input", () => {
      const value = typed.value.trim().toLowerCase();
      if (/^#[0-9a-f]{6}$/.test(value)) picker.value = value;
      else if (/^#[0-9a-f]{3}$/.test(value)) picker.value = value.replace(/[0-9a-f]/g, "$&$&");
    });
  }

  for (const form of document.querySelectorAll("form[data-live]")) {
    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => form.requestSubmit(document.getElementById(form.dataset.live)), 700);
    });
  }

  const strip = document.querySelector(".bw-subnav ul");
  const current = strip?.querySelector("[aria-current]")?.getBoundingClientRect();
  if (current) {
    const seen = strip.getBoundingClientRect();
    strip.scrollLeft += current.left + current.width / 2 - seen.left - seen.width / 2;
  }

  const work = document.querySelector("[data-watch]");
  const EVERY = 1000; // milliseconds
  const look = async () => {
    try {
      const text = await (await fetch(location.href)).text();
      const now = new DOMParser().parseFromString(text, "text/html").querySelector("[data-watch]");
      if (!now) return location.reload(); // it is done, and there is something to decide
      work.replaceChildren(...now.childNodes);
    } catch { // offline for a moment
    }
    setTimeout(look, EVERY);
  };
  if (work) setTimeout(look, EVERY);

  const menu = document.querySelector("details.bw-menu");
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu?.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", ({ target }) => {
    if (menu?.open && !menu.contains(target)) menu.open = false;
  });

  (document.querySelector("[data-focus]") || document.querySelector("[aria-invalid]"))?.focus();
})();
