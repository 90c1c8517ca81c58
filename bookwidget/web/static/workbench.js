// The developers' workbench: frames as high as their pages, and tokens that are tried in all of them at once.
"use strict";
const frames = [...document.querySelectorAll(".bw-bench iframe")];
const inputs = [...document.querySelectorAll("[data-token]")];
const css = document.getElementById("css");
const TOKEN = /(--bw-[\w-]+)\s*:\s*([^;}]+)/g;
const read = (text) => new Map([...text.matchAll(TOKEN)].map((found) => [found[1], found[2].trim()]));
const own = new Map(); // what the theme says: frames of another one beside it keep their own
function readOwn(text) {
  own.clear();
  for (const [token, value] of read(text)) own.set(token, value);
  for (const { dataset } of inputs) if (dataset.own) own.set(dataset.token, dataset.own);
}
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
    const all = [...new Map([...own, ...tried])].filter((line) => line[1]);
    css.value = `:root {\n${all.map((line) => `  ${line.join(": ")};`).join("\n")}\n}`;
    dressAll();
  });
}
function readAll() { // any token may be tried, and colours move their wells along
  const all = read(css.value);
  for (const token of tried.keys()) tried.set(token, ""); // what is no longer there is as in the theme
  for (const [token, value] of all) if (own.get(token) !== value) tried.set(token, value);
  for (const input of inputs) {
    const value = all.get(input.dataset.token);
    if (value) input.value = input.dataset.unit ? parseFloat(value) : value;
  }
  dressAll();
}
css.addEventListener("input", readAll);
readOwn(css.defaultValue);
readAll();
async function made(url) {
  return new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
}
async function tell() {
  const url = new URL(location.href);
  for (const input of inputs) if (input.name) url.searchParams.set(input.name, input.value);
  url.searchParams.set("widget", "-"); // the table alone: no pages are looked for
  const page = await made(url);
  document.querySelector(".bw-bench-pairs").replaceWith(page.querySelector(".bw-bench-pairs"));
}
addEventListener("saved", async (event) => { // frames load themselves again; all of this page takes too long for that
  event.preventDefault();
  const page = await made(location.href);
  const shown = (all) => [...all].map((frame) => frame.title).join("\n");
  if (shown(page.querySelectorAll(".bw-bench iframe")) !== shown(frames)) return location.reload();
  for (const input of inputs) input.dataset.own &&= page.getElementById(input.id).dataset.own;
  const text = page.getElementById("css").defaultValue;
  if (css.value === css.defaultValue) css.value = text;
  css.defaultValue = text;
  readOwn(text);
  readAll();
});
