// Puts the parts together: who one is, which room is open, and what comes in.

import * as api from "./api.js";
import * as composer from "./composer.js";
import { byId, el, icon } from "./dom.js";
import * as log from "./log.js";
import * as publicPage from "./public.js";
import { offer } from "./reactions.js";
import { showPersonas, showRooms } from "./rooms.js";
import { follow } from "./stream.js";
import { clearNews, fault, tell, tellNews } from "./tell.js";

const TRIES = {
  direct: ["who knows about flood mapping?", "help"],
  room: [
    "@switchboard who knows about flood mapping?",
    "@switchboard announce Free swimming on Friday. To book for Mr Lowe, quote National Insurance number AB 12 34 56 C.",
    "@switchboard help",
  ],
};

let personas = [];
let rooms = [];
let room = null;
let roomsTimer = 0;

async function begin() {
  const start = await api.start();
  personas = start.personas;
  const [, who, where] = /^#([^/]*)\/?(.*)$/.exec(location.hash) ?? [];
  api.become(personas.find((person) => person.id === decodeURIComponent(who ?? ""))?.id ?? personas[0].id);
  composer.prepare();
  offer(start.quick, start.more);
  publicPage.prepare(start.public);
  showPersonas(personas, (id) => orTell(() => beSomebody(id)));
  byId("older").addEventListener("click", () => orTell(older));
  for (const tab of document.querySelectorAll("[data-show]")) tab.addEventListener("click", () => showPart(tab.dataset.show));
  document.addEventListener("visibilitychange", markRead);
  await enterAs(decodeURIComponent(where ?? ""));
}

async function beSomebody(id) {
  const before = api.whoAmI();
  const person = personas.find((one) => one.id === id);
  api.become(id);
  log.clear(); // a private answer must not stand there under another name, not even for a moment
  clearNews();
  await enterAs(room?.kind === "direct" ? `direct-${id}` : room?.id, before);
  tell(`You are ${person.name} now, ${person.hint}`);
}

async function enterAs(wanted, before = api.whoAmI()) {
  const found = await api.rooms();
  rooms = found.rooms;
  const next = rooms.find((one) => one.id === wanted) ?? rooms[0];
  byId("who").textContent = `as ${personas.find((one) => one.id === api.whoAmI()).name}`;
  await open(next, before);
}

async function open(next, before = api.whoAmI()) {
  composer.enter(next, before);
  room = next;
  byId("room-name").textContent = next.name;
  byId("room-icon").replaceChildren(icon(next.kind));
  history.replaceState(null, "", `#${encodeURIComponent(api.whoAmI())}/${encodeURIComponent(next.id)}`);
  showRooms(rooms, next.id, chosen);
  log.clear();
  byId("older").hidden = byId("empty").hidden = true;
  const found = await api.messages(next.id);
  if (room !== next) return; // another one was opened meanwhile
  log.show(found.messages, composer.replyTo);
  byId("older").hidden = !found.more;
  follow(found.sequence, changed, connection); // from the state just shown, so nothing falls between
  showEmpty();
  markRead();
  soonRefreshRooms();
}

function chosen(next) {
  showPart("chat");
  orTell(async () => {
    await open(next);
    byId("words").focus();
  });
}

async function older() {
  const found = await api.messages(room.id, log.oldest());
  log.showOlder(found.messages);
  byId("older").hidden = !found.more;
}

function changed(change) {
  const where = change.type === "gone" ? change.room : change.message.room;
  if (where === room?.id && log.isShown()) {
    if (change.type === "gone") log.drop(change.id);
    else if (log.upsert(change.message) && !change.message.mine) tellNews(change.message);
    showEmpty();
    markRead();
  }
  publicPage.touch();
  soonRefreshRooms();
}

function soonRefreshRooms() {
  clearTimeout(roomsTimer);
  roomsTimer = setTimeout(refreshRooms, 150);
}

async function refreshRooms() {
  const who = api.whoAmI();
  const found = await api.rooms().catch(() => null);
  if (!found || who !== api.whoAmI()) return;
  rooms = found.rooms;
  showRooms(rooms, room?.id, chosen);
}

function markRead() {
  const upTo = log.latest();
  if (document.hidden || !room || !upTo) return;
  api.markRead(room.id, upTo).then(soonRefreshRooms, () => {}); // the next message tries again
}

function showEmpty() {
  const empty = byId("empty");
  empty.hidden = log.size() > 0;
  if (empty.hidden) return;
  const direct = room.kind === "direct";
  empty.replaceChildren(
    el("h2", {}, direct ? `Only you and ${room.name} read this` : "Nothing has been said here yet"),
    el("p", {}, direct ? "Ask it anything, or drop a file here." : "Ask the bot by its name, or talk to the others."),
    el("div", { class: "row" }, TRIES[direct ? "direct" : "room"].map((text) =>
      el("button", { type: "button", class: "button", click: () => composer.suggest(text) }, `Try: ${text}`))));
}

function connection(line) {
  const banner = byId("banner");
  const wasLost = !banner.hidden;
  banner.textContent = line;
  banner.hidden = !line;
  if (wasLost && !line) tell("The connection is back.");
}

function showPart(name) {
  document.body.dataset.pane = name;
  for (const tab of document.querySelectorAll("[data-show]")) tab.setAttribute("aria-pressed", String(tab.dataset.show === name));
}

async function orTell(work) {
  try {
    await work();
  } catch (error) {
    fault(error.message);
  }
}

orTell(begin);
