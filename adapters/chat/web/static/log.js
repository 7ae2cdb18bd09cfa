// The messages of one room: threads stand under their first message.

import { byId, counted, el } from "./dom.js";
import { messageElement, removedElement } from "./message.js";

const FOLDED = 30; // a longer thread shows its latest ones first

const list = byId("messages");
const scroll = byId("scroll");
const pill = byId("new-below");

let known = new Map(); // id -> message
let elements = new Map(); // id -> the article shown
let opened = new Set(); // threads shown whole
let onReply = () => {};
let missed = 0;
let sticks = true; // whether the newest message is kept in sight

/** Take everything away until the next room's messages are here. */
export function clear() {
  known = new Map();
  elements = new Map();
  opened = new Set();
  list.replaceChildren();
  list.setAttribute("aria-busy", "true");
  seenAll();
}

/** Whether a room's messages are here; until then what changes comes with them. */
export const isShown = () => !list.hasAttribute("aria-busy");

/** Show a room anew. */
export function show(messages, reply) {
  onReply = reply;
  clear();
  for (const message of messages) put(message, false);
  list.removeAttribute("aria-busy");
  sticks = true;
  toBottom();
}

/** Put older messages in front; what is on the screen stays where it is. */
export function showOlder(messages) {
  const before = scroll.scrollHeight - scroll.scrollTop;
  for (const message of messages) put(message, false);
  scroll.scrollTop = scroll.scrollHeight - before;
}

/** Show a message that is new or has changed; whether it is new. */
export function upsert(message) {
  const isNew = !known.has(message.id);
  const wasAtBottom = sticks;
  put(message, isNew);
  if (isNew && (wasAtBottom || message.mine)) elements.get(message.id).scrollIntoView({ block: "nearest" });
  if (isNew && wasAtBottom && !message.thread) toBottom();
  if (isNew && !message.mine && !inSight(elements.get(message.id))) miss();
  return isNew;
}

/** Take a message away; the first of a thread leaves a line. */
export function drop(id) {
  const message = known.get(id);
  const element = elements.get(id);
  if (!element) return;
  known.delete(id);
  elements.delete(id);
  const holder = element.closest("li");
  if (!message?.thread && holder.querySelector(".replies li")) {
    const line = removedElement(id);
    element.replaceWith(line);
    elements.set(id, line);
  } else {
    holder.remove();
  }
}

export const size = () => list.children.length;
export const oldest = () => [...known.keys()].reduce((least, id) => (!least || Number(id) < Number(least) ? id : least), "");
export const latest = () => [...known.keys()].reduce((most, id) => (Number(id) > Number(most || 0) ? id : most), "");

function put(message, fresh) {
  const old = elements.get(message.id);
  known.set(message.id, message);
  if (old?.querySelector("form.edit")) return; // being changed right now: shown as it is afterwards
  const element = messageElement(message, onReply);
  elements.set(message.id, element);
  if (old) return exchange(old, element);
  if (fresh) element.classList.add("fresh");
  const item = el("li", { "data-item": message.id }, element);
  if (!message.thread) return insert(list, item);
  const replies = repliesOf(message.thread);
  insert(replies, item);
  return fold(replies, message.thread);
}

// An element takes another's place; whoever was on one of its buttons stays there.
function exchange(old, element) {
  const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  old.replaceWith(element);
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

function insert(parent, item) {
  const number = Number(item.dataset.item);
  const next = [...parent.children].reverse().find((other) => Number(other.dataset.item) < number);
  if (next) next.after(item);
  else parent.prepend(item);
}

function repliesOf(thread) {
  let root = elements.get(thread);
  if (!root) {
    root = removedElement(thread);
    elements.set(thread, root);
    insert(list, el("li", { "data-item": thread }, root));
  }
  const holder = root.closest("li");
  const found = holder.querySelector(".replies");
  if (found) return found;
  const replies = el("ol", { class: "replies", "aria-label": "Replies" });
  holder.append(replies);
  return replies;
}

function fold(replies, thread) {
  const items = [...replies.children];
  if (items.length <= FOLDED || opened.has(thread)) return;
  for (const item of items.slice(0, -FOLDED)) item.hidden = true;
  const hidden = items.filter((item) => item.hidden).length;
  const line = counted(hidden, "earlier reply", "earlier replies");
  const holder = replies.closest("li");
  holder.querySelector(".reply-more")?.remove();
  replies.before(el("button", { type: "button", class: "plain reply-more", click: (event) => {
    opened.add(thread);
    event.currentTarget.remove();
    for (const item of replies.children) item.hidden = false;
  } }, `Show ${line}`));
}

const atBottom = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
const toBottom = () => { scroll.scrollTop = scroll.scrollHeight; };

// Pictures that arrive late and a growing writing box must not push the newest message out of sight.
const sizes = new ResizeObserver(() => { if (sticks) toBottom(); });
sizes.observe(scroll);
sizes.observe(list);

function inSight(element) {
  const box = element.getBoundingClientRect();
  const view = scroll.getBoundingClientRect();
  return box.bottom > view.top + 20 && box.top < view.bottom - 20;
}

function miss() {
  missed += 1;
  pill.textContent = counted(missed, "new message", "new messages");
  pill.hidden = false;
}

function seenAll() {
  missed = 0;
  pill.hidden = true;
}

list.addEventListener("restored", (event) => {
  const message = known.get(event.target.closest("article").dataset.id);
  if (message) put(message, false);
});
pill.addEventListener("click", () => {
  const newest = elements.get(latest());
  seenAll();
  newest?.scrollIntoView({ block: "center" });
});
scroll.addEventListener("scroll", () => {
  sticks = atBottom();
  if (!pill.hidden && inSight(elements.get(latest()) ?? list)) seenAll();
}, { passive: true });
