// The writing box: words, files with descriptions, threads. Nothing typed is lost by a lost connection.

import { newId, say, share, whoAmI } from "./api.js";
import { byId, counted, el, icon, lengthOf, sizeOf } from "./dom.js";
import { fault, tell } from "./tell.js";

const LONGEST = 10_000; // characters
const LARGEST = 20 * 1024 * 1024; // bytes
const NEARLY = 1_000; // characters left from which the rest is told

const words = byId("words");
const tray = byId("tray");
const send = byId("send");
const chooser = byId("files");

let room = null;
let thread = null; // the first message of the thread being answered
let files = []; // { file, alt }
let attempt = null; // { id, of }: a repeated send of the same words keeps its id
const drafts = new Map(); // "person/room" -> words

const place = () => `${whoAmI()}/${room?.id}`;

/** Prepare the box once. */
export function prepare() {
  byId("attach").append(icon("attach"), "Add a file");
  send.append(icon("send"), "Send");
  byId("attach").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => { add([...chooser.files]); chooser.value = ""; });
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  byId("stop-replying").addEventListener("click", () => { replyTo(null); words.focus(); });
  words.addEventListener("input", changed);
  words.addEventListener("keydown", keyed);
  words.addEventListener("paste", (event) => add([...event.clipboardData.files]));
  dragAndDrop();
}

/** Write to another room; what was begun there comes back. `person` wrote until now. */
export function enter(next, person) {
  if (room) drafts.set(`${person}/${room.id}`, words.value);
  room = next;
  words.value = drafts.get(place()) ?? "";
  files = [];
  replyTo(null);
  showTray();
  fault("");
  const where = next.kind === "direct" ? next.name : `the room ${next.name}`;
  byId("words-label").textContent = `Message to ${where}`;
  words.placeholder = next.kind === "direct" ? `Write to ${next.name}` : `Write to #${next.name}`;
  byId("words-hint").textContent = next.kind === "direct"
    ? "Enter sends, Shift and Enter starts a new line."
    : "@switchboard asks the bot. Enter sends, Shift and Enter starts a new line.";
  changed();
}

/** Put words in the box, ready to be changed or sent. */
export function suggest(text) {
  words.value = text;
  changed();
  words.focus();
}

/** Answer in a message's thread; null leaves it. */
export function replyTo(message) {
  thread = message ? message.thread ?? message.id : null;
  byId("replying").hidden = !thread;
  if (!message) return;
  byId("replying-to").textContent = `Answering ${message.sender_name} in the thread: ${message.text || "a file"}`;
  words.focus();
}

function keyed(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && thread) {
    replyTo(null);
  }
}

function changed() {
  const left = LONGEST - lengthOf(words.value);
  const line = byId("left");
  line.textContent = left >= NEARLY ? "" : left >= 0
    ? `${counted(left, "character", "characters")} left`
    : `${counted(-left, "character", "characters")} too many`;
  line.classList.toggle("over", left < 0);
}

async function submit() {
  const text = words.value;
  if (send.getAttribute("aria-disabled") || (!text.trim() && !files.length)) return;
  const of = JSON.stringify([place(), thread, text, files.map(({ file, alt }) => [file.name, file.size, alt])]);
  if (attempt?.of !== of) attempt = { id: newId(), of };
  send.setAttribute("aria-disabled", "true");
  try {
    if (files.length) await share(room.id, text, thread, attempt.id, files);
    else await say(room.id, text, thread, attempt.id);
    sent(text);
  } catch (error) {
    fault(error.message);
  } finally {
    send.removeAttribute("aria-disabled");
  }
}

function sent(text) {
  attempt = null;
  files = [];
  if (words.value === text) words.value = "";
  showTray();
  changed();
  fault("");
  tell("Sent");
}

/** Put files on the tray. */
export function add(chosen) {
  if (!chosen.length) return;
  files.push(...chosen.map((file) => ({ file, alt: "" })));
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  fault("");
  if (total > LARGEST) {
    files.splice(-chosen.length);
    fault(`That is too large: ${sizeOf(total)}, and files may have ${sizeOf(LARGEST)} together.`);
  }
  showTray();
  (tray.querySelector("li:last-child input") ?? words).focus();
}

function showTray() {
  tray.replaceChildren(...files.map((entry, number) => {
    const isPicture = entry.file.type.startsWith("image/");
    const alt = el("input", { id: `alt-${number}`, maxlength: 2000, input: (event) => { entry.alt = event.target.value; } });
    alt.value = entry.alt;
    return el("li", {},
      el("span", { class: "named" }, el("bdi", {}, entry.file.name), `, ${sizeOf(entry.file.size)}`),
      isPicture && el("label", { for: `alt-${number}` }, "Describe the picture for people who cannot see it", alt),
      el("button", { type: "button", class: "plain", "aria-label": `Take away ${entry.file.name}`, click: () => {
        files.splice(number, 1);
        showTray();
        words.focus();
      } }, "Take away"));
  }));
}

function dragAndDrop() {
  const main = byId("chat");
  let depth = 0;
  const drag = (by) => { depth = by === 0 ? 0 : depth + by; main.classList.toggle("dragging", depth > 0); };
  addEventListener("dragenter", (event) => { event.preventDefault(); drag(1); });
  addEventListener("dragleave", () => drag(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    drag(0);
    add([...event.dataTransfer.files]);
  });
}
