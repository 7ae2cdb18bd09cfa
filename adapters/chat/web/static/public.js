// The right side: the page that the public reads, framed; it may run no scripts.

import { byId, el, icon } from "./dom.js";

const SETTLE = 400; // ms after the last change before looking
const LOOK = 8000; // ms between looks, for what happens without a word in chat

let home = null;
let shown = null;
let frame = null;
let timer = 0;

/** Show the public page, or say that there is none. */
export function prepare(address) {
  home = address;
  byId("toggle-public").querySelector(".eye").append(icon("eye"));
  byId("toggle-public").addEventListener("click", toggle);
  if (matchMedia("(max-width: 1080px) and (min-width: 721px)").matches) toggle();
  byId("public-refresh").addEventListener("click", () => look(true));
  byId("public-home").addEventListener("click", goHome);
  for (const id of ["public-refresh", "public-home"]) byId(id).hidden = !home;
  if (!home) {
    byId("window").append(el("p", { class: "nothing" }, "There is no public page here. Published posts would stand in this place."));
    return;
  }
  frame = el("iframe", { title: "The public page", sandbox: "allow-same-origin", src: home });
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  byId("window").append(el("div", { class: "address" }, dots, el("span", {}, location.host + home)), frame);
  look(false);
  setInterval(() => { if (!document.hidden) look(false); }, LOOK);
}

/** Something happened in chat: look soon whether the public page has changed. */
export function touch() {
  clearTimeout(timer);
  timer = setTimeout(() => look(false), SETTLE);
}

async function look(always) {
  if (!home) return;
  const text = await fetch(home).then((response) => response.text(), () => null);
  if (text === null || (text === shown && !always)) return;
  const first = shown === null;
  shown = text;
  if (first) return;
  frame.contentWindow.location.reload();
  byId("public-status").textContent = "";
  byId("public-status").textContent = always ? "The public page was loaded again." : "The public page has changed.";
}

function goHome() {
  frame.src = home;
}

function toggle() {
  const gone = document.body.classList.toggle("no-public");
  byId("toggle-public").setAttribute("aria-expanded", String(!gone));
}
