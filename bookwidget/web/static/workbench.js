// The developers' workbench: frames as high as their pages, and tokens that are tried in all of them at once.
"use strict";
const frames = [...document.querySelectorAll(".bw-bench iframe")];
const inputs = [...document.querySelectorAll("[data-token]")];
const css = document.getElementById("css");
const tried = new Map(); // token -> value

function dress(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  page.dataset.scheme ||= frame.className.replace("bw-bench--", "");
  for (const [token, value] of tried) page.style.setProperty(token, value);
  frame.height = Math.min(page.scrollHeight, 4000);
}
for (const frame of frames) {
  frame.addEventListener("load", () => {
    dress(frame);
    setTimeout(dress, 600, frame); // a page that was hidden until its layer was known
  });
}
let timer;
function dressAll() {
  frames.forEach(dress);
  clearTimeout(timer);
  timer = setTimeout(tell, 300);
}
for (const input of inputs) {
  input.addEventListener("input", () => {
    tried.set(input.dataset.token, input.value + (input.dataset.unit || ""));
    css.value = `:root {\n${[...tried].map((line) => `  ${line.join(": ")};`).join("\n")}\n}`;
    dressAll();
  });
}
css.addEventListener("input", () => { // any token may be tried here, and colours move their wells along
  for (const token of tried.keys()) tried.set(token, ""); // what is no longer there is as in the theme
  for (const [, token, value] of css.value.matchAll(/(--bw-[\w-]+)\s*:\s*([^;}]+)/g)) tried.set(token, value.trim());
  for (const input of inputs) {
    const value = tried.get(input.dataset.token);
    if (value) input.value = input.dataset.unit ? parseFloat(value) : value;
  }
  dressAll();
});
async function tell() {
  const url = new URL(location.href);
  for (const input of inputs) if (input.name) url.searchParams.set(input.name, input.value);
  url.searchParams.set("widget", "-"); // the table alone: no pages are looked for
  const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
  document.querySelector(".bw-bench-pairs").replaceWith(page.querySelector(".bw-bench-pairs"));
}
