// The left side: rooms with what is unread, and who one is.

import { whoAmI } from "./api.js";
import { avatar, byId, counted, el, icon } from "./dom.js";

/** List the rooms; `onOpen(room)` when one is chosen. */
export function showRooms(all, current, onOpen) {
  // What one is looking at is being read, even while the server is still being told so.
  const rooms = all.map((room) => (room.id === current && !document.hidden ? { ...room, unread: 0 } : room));
  const key = byId("side").contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const items = (list) => list.map((room) => roomItem(room, current, onOpen));
  byId("rooms").replaceChildren(...items(rooms.filter((room) => room.kind !== "direct")));
  byId("direct").replaceChildren(...items(rooms.filter((room) => room.kind === "direct")));
  if (key) byId("side").querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
  const name = rooms.find((room) => room.id === current)?.name;
  document.title = `${unread ? `(${unread}) ` : ""}${name ? `${name} · ` : ""}Switchboard`;
}

function roomItem(room, current, onOpen) {
  const isNow = room.id === current;
  const news = room.unread ? `${room.name}, ${counted(room.unread, "unread message", "unread messages")}` : null;
  return el("li", {}, el("button", {
    type: "button", "aria-label": news, "aria-current": isNow ? "page" : null, "data-key": `room/${room.id}`, "data-room": room.id,
    click: () => onOpen(room),
  }, icon(room.kind), el("span", { class: room.unread ? "name unread" : "name" }, room.name),
  room.unread ? el("span", { class: "lamp" }, String(room.unread)) : null));
}

/** The people one can be; `onChoose(id)` when one is chosen. */
export function showPersonas(personas, onChoose) {
  const rows = personas.map((person) => el("label", { class: "persona" },
    el("input", { type: "radio", name: "persona", value: person.id, checked: person.id === whoAmI(), change: () => onChoose(person.id) }),
    avatar(person.id, person.name, false),
    el("span", {}, person.name, el("span", { class: "role" }, person.hint)), tick()));
  byId("personas").append(...rows);
}

function tick() {
  const drawn = icon("tick");
  drawn.classList.add("tick");
  return drawn;
}
