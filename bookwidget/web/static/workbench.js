// The developers' workbench: frames as high as their pages, and tokens that are tried in all of them at once.
"use strict";
const frames = [...document.querySelectorAll(".bw-bench iframe")];
const inputs = [...document.querySelectorAll("[data-token]")];
const touched = new Set();

function dress(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  page.dataset.scheme ||= frame.className.replace("bw-bench--", "");
  for (const input of touched) page.style.setProperty(input.dataset.token, input.value + (input.dataset.unit || ""));
  frame.height = Math.min(page.scrollHeight, 4000);
}
for (const frame of frames) {
  frame.addEventListener("load", () => {
    dress(frame);
    setTimeout(dress, 600, frame); // a page that was hidden until its layer was known
  });
}
let timer;
for (const input of inputs) {
  input.addEventListener("input", () => {
    touched.add(input);
    frames.forEach(dress);
    clearTimeout(timer);
    timer = setTimeout(tell, 300);
  });
}
async function tell() {
  const lines = [...touched].map((input) => `  ${input.dataset.token}: ${input.value}${input.dataset.unit || ""};`);
  const url = new URL(location.href);
  for (const input of inputs) if (input.name) url.searchParams.set(input.name, input.value);
  url.searchParams.set("widget", "-"); // the table alone: no pages are looked for
  const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
  document.querySelector(".bw-bench-pairs").replaceWith(page.querySelector(".bw-bench-pairs"));
  document.getElementById("css").value = `:root {\n${lines.join("\n")}\n}`;
}
