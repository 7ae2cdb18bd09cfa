// What screen readers are told besides what they read themselves.

import { byId, el } from "./dom.js";

const KEPT = 20;

/** A new message: who, where it stands, what it says. */
export function tellNews(message) {
  const parts = [message.private ? `Private answer from ${message.sender_name}` : message.sender_name];
  if (message.thread) parts[0] += ", in a thread";
  parts.push(message.text || "");
  if (message.quote !== null) parts.push(`Exact wording: ${message.quote}`);
  if (message.files.length) parts.push(`Files: ${message.files.map((file) => file.name).join(", ")}`);
  if (message.buttons.length) parts.push(`Buttons: ${message.buttons.join(", ")}`);
  const news = byId("news");
  news.append(el("p", {}, parts.filter(Boolean).map((part) => (/[.!?:]$/.test(part) ? part : `${part}.`)).join(" ")));
  while (news.children.length > KEPT) news.firstChild.remove();
}

/** Forget the news: they were somebody else's. */
export const clearNews = () => byId("news").replaceChildren();

/** A short confirmation. */
export const tell = (line) => { byId("told").textContent = line; };

/** What went wrong, in one line above the writing box; "" takes it away. */
export const fault = (line) => { byId("fault").textContent = line; };
