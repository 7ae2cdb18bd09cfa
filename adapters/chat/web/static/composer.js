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
let failed = null; // the post that came back last
let queue = Promise.resolve(); // what is being sent, in order
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

// The words leave the box at once, so that one can go on writing; what could not be sent comes back.
function submit() {
  const text = words.value;
  if (!text.trim() && !files.length) return;
  const post = { who: whoAmI(), room: room.id, text, thread, files, place: place() };
  const same = failed && failed.place === post.place && failed.text === text && failed.files.length === files.length;
  post.id = same ? failed.id : newId(); // the same words tried again count once
  failed = null;
  words.value = "";
  files = [];
  showTray();
  changed();
  queue = queue.then(() => deliver(post));
}

async function deliver(post) {
  try {
    await (post.files.length ? share(post) : say(post));
    fault("");
    tell("Sent");
  } catch (error) {
    fault(error.message);
    giveBack(post);
  }
}

function giveBack(post) {
  const begun = post.place === place() ? words.value : drafts.get(post.place) ?? "";
  const text = [post.text, begun].filter(Boolean).join("\n");
  drafts.set(post.place, text);
  if (post.place !== place()) return;
  failed = begun ? null : post;
  words.value = text;
  files = [...post.files, ...files];
  showTray();
  changed();
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
