// One message on the page.

import { fileAddress, newId, pictureAddress, press, remove, reword } from "./api.js";
import { avatar, counted, el, icon, lengthOf, sizeOf } from "./dom.js";
import { chips, openPicker } from "./reactions.js";
import { fault, tell } from "./tell.js";

const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });
const PUBLIC = new RegExp(`(${location.origin.replaceAll(".", "\\.")}/(?:public|timeline)/[\\w./-]*[\\w/-])`);

/** The element of a message; `onReply(message)` begins an answer in its thread. */
export function messageElement(message, onReply) {
  const body = el("div", { class: "body" },
    message.private && el("p", { class: "private-note" }, icon("hidden"), "Only you can see this"),
    head(message), words(message), pictures(message), files(message), buttons(message), chips(message));
  return el("article", {
    class: message.private ? "message private" : "message", "aria-labelledby": `by-${message.id} at-${message.id}`, "data-id": message.id,
  }, avatar(message.sender, message.sender_name, message.bot), body, acts(message, body, onReply));
}

/** What stands where the first message of a thread was deleted. */
export function removedElement(id) {
  return el("article", { class: "message", "data-id": id, "aria-label": "Deleted message" },
    el("span", {}), el("p", { class: "text removed" }, "This message was deleted."));
}

function head(message) {
  const at = new Date(message.at);
  return el("header", { class: "head" },
    el("h2", { id: `by-${message.id}` }, message.sender_name),
    message.bot && el("span", { class: "badge" }, "bot"),
    el("time", { id: `at-${message.id}`, datetime: message.at, title: DAY.format(at) }, CLOCK.format(at)),
    message.edited && el("span", { class: "note" }, "edited"));
}

function words(message) {
  const text = message.text ? el("div", { class: "text" }, linked(message.text)) : null;
  if (message.quote === null) return text;
  const length = counted(lengthOf(message.quote), "character", "characters");
  return [text, el("figure", { class: "quote" },
    el("figcaption", {}, `Exact wording, ${length}`), el("blockquote", {}, message.quote))];
}

// The public pages of this very server can be opened. Every other address stays words: a pretend council leads nobody
// elsewhere.
function linked(text) {
  const parts = text.split(PUBLIC); // every other part is an address
  return parts.map((part, place) => (place % 2 ? el("a", { href: part, target: "_blank", rel: "noopener" }, part) : part));
}

function pictures(message) {
  const shared = message.files.filter((file) => SHOWN.has(file.media_type))
    .map((file) => picture(fileAddress(file.id), file.alt, file.name));
  const ours = message.pictures.map(({ sha256, alt }) => picture(pictureAddress(sha256), alt, "picture"));
  const all = [...shared, ...ours];
  return all.length ? el("div", { class: "pictures" }, all) : null;
}

function picture(address, alt, name) {
  return el("figure", {}, el("img", { src: address, alt: alt || `${name}, no description`, loading: "lazy" }),
    el("figcaption", { "aria-hidden": alt ? "true" : null }, alt ? `Description: ${alt}` : "No description yet"));
}

function files(message) {
  const others = message.files.filter((file) => !SHOWN.has(file.media_type));
  if (!others.length) return null;
  return el("div", { class: "files" }, others.map((file) =>
    el("a", { class: "file", href: fileAddress(file.id), download: file.name },
      icon("file"), el("bdi", {}, file.name), el("span", {}, sizeOf(file.size)))));
}

function buttons(message) {
  if (!message.buttons.length) return null;
  return el("div", { class: "row", role: "group", "aria-label": "Answers" }, message.buttons.map((label, place) =>
    el("button", {
      type: "button", class: place === 0 ? "button main" : "button", "data-key": `${message.id}/button/${label}`,
      click: (event) => pressed(event.currentTarget, message.id, label),
    }, label)));
}

async function pressed(button, id, label) {
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  button.dataset.press ??= newId(); // kept when the answer is lost, so that a second try counts once
  try {
    await press(id, label, button.dataset.press);
    delete button.dataset.press;
    fault("");
    tell(`Pressed: ${label}`);
  } catch (error) {
    fault(error.message);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function acts(message, body, onReply) {
  const act = (name, label, click, extra = {}) => el("button", {
    type: "button", "aria-label": `${label}, ${message.sender_name}`, title: label, click,
    "data-key": `${message.id}/${name}`, ...extra,
  }, icon(name));
  const list = [];
  if (!message.private) {
    const open = (event) => openPicker(message.id, event.currentTarget);
    list.push(act("react", "React", open, { "aria-haspopup": "dialog", "aria-expanded": "false" }));
    list.push(act("reply", "Reply in thread", () => onReply(message)));
  }
  if (message.mine) {
    if (message.text) list.push(act("edit", "Edit", () => edit(message, body)));
    list.push(act("remove", "Delete", () => confirmRemoval(message, body)));
  }
  return list.length ? el("div", { class: "acts", role: "group", "aria-label": "Message" }, list) : null;
}

function edit(message, body) {
  const box = el("textarea", { "aria-label": "New wording" });
  box.value = message.text;
  const save = async () => {
    try {
      await reword(message.id, box.value);
      fault("");
      tell("Saved");
    } catch (error) {
      fault(error.message);
      return;
    }
    close();
  };
  const close = inPlace(body, `${message.id}/edit`, "edit", box,
    el("button", { type: "submit", class: "button main" }, "Save"), save);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

function confirmRemoval(message, body) {
  const sure = el("button", { type: "submit", class: "button main" }, "Delete");
  inPlace(body, `${message.id}/remove`, "edit", el("p", {}, "Delete this message for everybody?"), sure, async () => {
    try {
      await remove(message.id);
      tell("Deleted");
      document.getElementById("words").focus();
    } catch (error) {
      fault(error.message);
    }
  });
  sure.focus();
}

// A small form in the place of a message's body, left by Escape or "Leave it".
function inPlace(body, key, kind, content, main, act) {
  const form = el("form", { class: kind }, content, el("div", { class: "row" }, main,
    el("button", { type: "button", class: "button", click: () => close() }, "Leave it")));
  const close = () => {
    form.replaceWith(body);
    body.dispatchEvent(new CustomEvent("restored", { bubbles: true }));
    document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); act(); });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
  body.replaceWith(form);
  return close;
}
