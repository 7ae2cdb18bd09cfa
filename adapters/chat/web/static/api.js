// The server's JSON API. Every call says who acts; a failure becomes an Error whose message is one line for people.

let persona = "";

export const whoAmI = () => persona;
export const become = (id) => { persona = id; };

/** A number that makes a repeated call harmless. */
export const newId = () => crypto.randomUUID();

async function call(method, path, body, who = persona) {
  const headers = { "X-Persona": who };
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: isForm || !body ? body : JSON.stringify(body) });
  } catch {
    throw new Error("No connection just now. Nothing is lost: try again in a moment.");
  }
  const answer = await response.json().catch(() => ({ error: "The answer could not be read. Please try again." }));
  if (!response.ok) throw Object.assign(new Error(answer.error), { status: response.status });
  return answer;
}

const at = (kind, id) => `/api/${kind}/${encodeURIComponent(id)}`;

export const start = () => call("GET", "/api/start");
export const rooms = () => call("GET", "/api/rooms");
export const messages = (room, before) =>
  call("GET", `${at("rooms", room)}/messages${before ? `?before=${encodeURIComponent(before)}` : ""}`);
export const markRead = (room, upTo) => call("POST", `${at("rooms", room)}/read`, { up_to: upTo });

/** Write: `post` is { who, room, text, thread, id }. */
export const say = ({ who, room, text, thread, id }) =>
  call("POST", `${at("rooms", room)}/messages`, { text, thread, client_id: id }, who);

export const reword = (message, text) => call("PATCH", at("messages", message), { text });
export const remove = (message) => call("DELETE", at("messages", message), {});
export const react = (message, emoji) => call("POST", `${at("messages", message)}/react`, { emoji });
export const unreact = (message, emoji) => call("POST", `${at("messages", message)}/unreact`, { emoji });
export const press = (message, label, clientId) =>
  call("POST", `${at("messages", message)}/press`, { label, client_id: clientId });

/** Share files: a post as for `say`, with `files`, a list of { file, alt }. */
export function share({ who, room, text, thread, id, files }) {
  const form = new FormData();
  form.append("text", text);
  form.append("thread", thread ?? "");
  form.append("client_id", id);
  for (const { file, alt } of files) {
    form.append("alt", alt);
    form.append("file", file);
  }
  return call("POST", `${at("rooms", room)}/files`, form, who);
}

/** The address of a shared file or of a picture of the bot, for img and a, which send no headers. */
export const fileAddress = (id) => `${at("files", id)}?as=${encodeURIComponent(persona)}`;
export const pictureAddress = (sha256) => `${at("pictures", sha256)}?as=${encodeURIComponent(persona)}`;
export const streamAddress = (after) => `/api/stream?as=${encodeURIComponent(persona)}&after=${after}`;
