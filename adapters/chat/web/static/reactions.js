// Reactions: a button for each that stands, and a small picker.

import { react, unreact, whoAmI } from "./api.js";
import { byId, counted, el } from "./dom.js";
import { fault, tell } from "./tell.js";

let offered = { quick: [], more: [] };
let target = null; // { id, from }: the message reacted to, and the button that opened the picker

/** Take note of what is offered, and build the picker. */
export function offer(quick, more) {
  offered = { quick, more: more.filter((one) => !quick.some((other) => other.emoji === one.emoji)) };
  const picker = byId("picker");
  const own = el("input", { id: "own-emoji", maxlength: 32, autocomplete: "off" });
  const form = el("form", { submit: (event) => { event.preventDefault(); choose(own.value.trim()); own.value = ""; } },
    el("label", { for: "own-emoji" }, "Another emoji", own), el("button", { class: "button" }, "React"));
  picker.replaceChildren(grid(offered.quick, "Often used"), el("hr"), grid(offered.more, "More"), form);
  picker.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && target) { target.from.setAttribute("aria-expanded", "false"); giveBackFocus(picker); }
  });
  picker.addEventListener("keydown", walk);
}

function giveBackFocus(picker) {
  const lost = document.activeElement === document.body || picker.contains(document.activeElement);
  if (lost) document.querySelector(`[data-key="${target.id}/react"]`)?.focus();
}

function grid(list, label) {
  return el("div", { class: "grid", role: "group", "aria-label": label },
    list.map(({ emoji, name }) =>
      el("button", { type: "button", "aria-label": name, title: name, click: () => choose(emoji) }, emoji)));
}

function walk(event) {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 };
  if (!(event.key in steps) || event.target.tagName === "INPUT") return;
  const buttons = [...byId("picker").querySelectorAll(".grid button")];
  const next = buttons[buttons.indexOf(event.target) + steps[event.key]];
  if (next) { event.preventDefault(); next.focus(); }
}

/** Open the picker for a message beside the button that was used. */
export function openPicker(id, from) {
  const picker = byId("picker");
  target = { id, from };
  from.setAttribute("aria-expanded", "true");
  picker.showPopover();
  const place = from.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = picker;
  const below = place.bottom + 6 + height < innerHeight;
  picker.querySelector("button").focus(); // at once: the next key may be an arrow
  picker.style.left = `${Math.max(8, Math.min(place.right - width, innerWidth - width - 8))}px`;
  picker.style.top = `${Math.max(8, below ? place.bottom + 6 : place.top - height - 6)}px`;
}

async function choose(emoji) {
  const { id } = target;
  byId("picker").hidePopover();
  if (emoji) await attempt(() => react(id, emoji), `You reacted with ${nameOf(emoji)}`);
}

const nameOf = (emoji) => [...offered.quick, ...offered.more].find((one) => one.emoji === emoji)?.name ?? emoji;

/** The reactions under a message. */
export function chips(message) {
  if (!message.reactions.length) return null;
  return el("div", { class: "row", role: "group", "aria-label": "Reactions" }, message.reactions.map((one) => chip(message, one)));
}

function chip(message, { emoji, name, people }) {
  const mine = people.some((person) => person.id === whoAmI());
  const who = people.map((person) => person.name).join(", ");
  const toggle = () => mine
    ? attempt(() => unreact(message.id, emoji), `You took back ${name}`)
    : attempt(() => react(message.id, emoji), `You reacted with ${name}`);
  return el("button", {
    type: "button", class: "chip", "aria-pressed": String(mine), title: `${name}: ${who}`, click: toggle,
    "aria-label": `${name}, ${counted(people.length, "person", "people")}: ${who}`, "data-key": `${message.id}/${emoji}`,
  }, el("span", { class: "emoji" }, emoji), el("span", {}, String(people.length)));
}

async function attempt(work, done) {
  try {
    await work();
    fault("");
    tell(done);
  } catch (error) {
    fault(error.message);
  }
}
