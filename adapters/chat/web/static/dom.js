// Making elements. Words always go in as text nodes: nothing that a person types can become markup.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  open: ["M9 3 7 21", "M17 3l-2 18", "M4 9h17", "M3 15h17"],
  private: ["M6 11h12v9H6z", "M9 11V7a3 3 0 0 1 6 0v4"],
  direct: ["M4 5h16v11H9l-5 4z"],
  react: ["M12 3a9 9 0 1 0 9 9", "M9 10h.01", "M15 10h.01", "M8.5 14.5a4.5 4.5 0 0 0 7 0", "M19 2v6", "M16 5h6"],
  reply: ["M10 6 4 12l6 6", "M4 12h10a6 6 0 0 1 6 6v1"],
  edit: ["M4 20l1-5L16 4l4 4L9 19z"],
  remove: ["M5 7h14", "M10 7V4h4v3", "M7 7l1 13h8l1-13"],
  file: ["M7 3h7l4 4v14H7z", "M14 3v4h4"],
  attach: ["M19 11l-7.5 7.5a4.2 4.2 0 0 1-6-6L13 5a2.8 2.8 0 0 1 4 4l-7.5 7.5a1.4 1.4 0 0 1-2-2L14 8"],
  send: ["M4 12 20 4l-5 16-3.5-6.5z"],
  eye: ["M2 12s4-6 10-6 10 6 10 6-4 6-10 6-10-6-10-6z", "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"],
  hidden: ["M4 4l16 16", "M9 6.5A10 10 0 0 1 12 6c6 0 10 6 10 6a16 16 0 0 1-3 3.5", "M6 8.5A16 16 0 0 0 2 12s4 6 10 6a9 9 0 0 0 3-.5"],
  home: ["M4 11l8-7 8 7", "M6 10v10h12V10", "M10 20v-6h4v6"],
  refresh: ["M19 5v5h-5", "M19 10a7.5 7.5 0 1 0 .5 4"],
  tick: ["M5 13l4 4L19 7"],
};

/** An element: `el("p", { class: "hint" }, "words", child)`. Functions become listeners, true an empty attribute. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** A drawing that screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export const byId = (id) => document.getElementById(id);

const SPREAD = 221; // a factor that keeps short names apart

/** A person's mark: initials on a colour that stays theirs; the bot has its own sign. */
export function avatar(id, name, bot) {
  if (bot) return el("span", { class: "avatar bot", "aria-hidden": "true" }, el("img", { src: "/static/icon.svg", alt: "" }));
  const shade = [...id].reduce((sum, letter) => (sum * SPREAD + letter.codePointAt(0)) % 9973, 0) % 6;
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
  return el("span", { class: `avatar c${shade}`, "aria-hidden": "true" }, initials);
}

/** How many characters, as the product counts them. */
export const lengthOf = (text) => [...text].length;

/** "1 reply", "2 replies". */
export const counted = (number, one, many) => `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;

/** A size for people. */
export function sizeOf(bytes) {
  if (bytes < 1024) return counted(bytes, "byte", "bytes");
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
