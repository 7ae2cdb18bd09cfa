// The right side: the page that the public reads, framed; it may run no scripts.

import { byId, el, icon } from "./dom.js";

const SETTLE = 400; // ms after the last change before looking
const LOOK = 8000; // ms between looks, for what happens without a word in chat

let home = null;
let shown = null;
let frame = null;
let outside = null; // the line that tells that a link would have led elsewhere
let timer = 0;

/** Show the public page, or say that there is none. */
export function prepare(address) {
  home = address;
  byId("show-public").querySelector(".eye").append(icon("eye"));
  byId("show-public").addEventListener("click", () => { unfold(true); byId("hide-public").focus(); });
  byId("hide-public").addEventListener("click", () => { unfold(false); byId("show-public").focus(); });
  if (matchMedia("(max-width: 1080px) and (min-width: 721px)").matches) unfold(false);
  if (!home) {
    byId("window").append(el("p", { class: "nothing" }, "There is no public page here. Published posts would stand in this place."));
    return;
  }
  frame = el("iframe", { title: "The public page", sandbox: "allow-same-origin", load: stayInside });
  outside = el("p", { class: "outside", role: "status" });
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  const act = (name, label, click) =>
    el("button", { type: "button", class: "plain", "aria-label": label, title: label, click }, icon(name));
  byId("window").append(el("div", { class: "address" }, dots, el("span", {}, location.host + home), el("span", { class: "spring" }),
    act("home", "Start page of the public site", () => { frame.src = home; }),
    act("refresh", "Load the public page again", () => look(true))), outside, frame);
  look(false);
  setInterval(() => { if (!document.hidden) look(false); }, LOOK);
}

// An address of e-mail or of another site cannot be shown in here: the browser would put an error in its place.
function stayInside() {
  outside.textContent = "";
  frame.contentDocument?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.origin === location.origin) return;
    event.preventDefault();
    outside.textContent = `On a real site this link leads to ${link.href.replace(/^mailto:/, "")}. Here nothing leaves this computer.`;
  });
}

/** Something happened in chat: look soon whether the public page has changed. */
export function touch() {
  clearTimeout(timer);
  timer = setTimeout(() => look(false), SETTLE);
}

async function look(always) {
  if (!home) return;
  // Visitors may be shown a page that is a minute old; here one waits for the change, so the server is asked each time.
  const text = await fetch(home, { cache: "no-cache" }).then((response) => response.text(), () => null);
  if (text === null || (text === shown && !always)) return;
  const first = shown === null;
  shown = text;
  if (first) {
    frame.src = home;
    return;
  }
  if (frame.contentDocument) frame.contentWindow.location.reload();
  else frame.src = home; // it shows an error of the browser's own
  byId("public-status").textContent = "";
  byId("public-status").textContent = always ? "The public page was loaded again." : "The public page has changed.";
}

function unfold(open) {
  document.body.classList.toggle("no-public", !open);
  byId("show-public").hidden = open;
  byId("show-public").setAttribute("aria-expanded", String(open));
}
