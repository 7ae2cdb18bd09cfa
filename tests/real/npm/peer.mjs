// A Matrix client with the crypto of Element, driven by JSON lines: {do, ...} comes in, {ok} or {error} goes out.
// Its argument is the module of matrix-js-sdk. With `strict` it trusts and serves cross-signed devices only (MSC4153).
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// The library logs to the console; the first stream is for answers alone.
for (const name of ["log", "info", "warn", "debug", "trace"]) console[name] = console.error;

const module = pathToFileURL(process.argv[2]);
const sdk = await import(module.href);
const { AllDevicesIsolationMode, EventShieldReason, OnlySignedDevicesIsolationMode } = await import(
  new URL("crypto-api/index.js", module).href
);
const MARK = "switchboard.mark";
const told = new Set(); // ids of events that were told and could be read
const unreadable = new Map(); // id -> why it could not be read when it was told last
let client, crypto, marks = 0;

const commands = {
  async login({ url, user, device, token, strict }) {
    client = sdk.createClient({ baseUrl: url, userId: user, deviceId: device, accessToken: token });
    await client.initRustCrypto({ useIndexedDB: false });
    crypto = client.getCrypto();
    crypto.setDeviceIsolationMode(
      strict ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false),
    );
    await client.startClient({ initialSyncLimit: 100, pendingEventOrdering: "detached" });
    await until("sync", (state) => state === "PREPARED");
    return crypto.getVersion();
  },

  // A first log-in needs no password for it.
  async crossSign() {
    const authUploadDeviceSigningKeys = async (request) => { await request(null); };
    await crypto.bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys });
  },

  async send({ room, kind, content }) {
    return (await client.sendEvent(room, kind, content)).event_id;
  },

  // Everything that was said before this command and was not told yet, or can be read only now.
  async news() {
    await mark();
    const invited = client.getRooms().filter((room) => room.getMyMembership() === "invite");
    for (const room of invited) await client.joinRoom(room.roomId);
    if (invited.length) await mark();
    const rooms = {}, events = [];
    for (const room of client.getRooms().filter((one) => one.getMyMembership() === "join")) {
      const members = room.getMembers().filter((one) => ["join", "invite"].includes(one.membership));
      const encrypted = await crypto.isEncryptionEnabledInRoom(room.roomId);
      rooms[room.roomId] = { members: members.map((one) => one.userId), encrypted };
      for (const event of room.getLiveTimeline().getEvents()) {
        const found = await tell(event);
        if (found) events.push(found);
      }
    }
    return { rooms, events };
  },

  // How each device of somebody stands: signed by its owner's own keys, and those verified by us.
  async trust({ user }) {
    const devices = (await crypto.getUserDeviceInfo([user], true)).get(user) ?? new Map();
    const found = {};
    for (const device of devices.keys()) {
      const status = await crypto.getDeviceVerificationStatus(user, device);
      found[device] = { signed: !!status?.signedByOwner, verified: !!status?.crossSigningVerified };
    }
    return found;
  },
};

function until(name, fits) {
  return new Promise((resolve) => {
    client.on(name, function look(...given) {
      if (!fits(...given)) return;
      client.off(name, look);
      resolve();
    });
  });
}

// Comes back with the next answer to /sync, and so after all that was said before.
async function mark() {
  const number = ++marks;
  const seen = until("accountData", (event) => event.getType() === MARK && event.getContent().number === number);
  await client.http.authedRequest(
    "PUT", `/user/${encodeURIComponent(client.getUserId())}/account_data/${MARK}`, undefined, { number },
  );
  await seen;
}

async function tell(event) {
  const id = event.getId();
  if (event.status || told.has(id)) return null;
  await client.decryptEventIfNeeded(event);
  await event.getDecryptionPromise();
  const failure = event.isDecryptionFailure() ? event.decryptionFailureReason : null;
  if (failure && unreadable.get(id) === failure) return null;
  if (failure) unreadable.set(id, failure);
  else told.add(id);
  const content = { ...(failure ? {} : event.getOriginalContent()) };
  const relation = event.getWireContent()["m.relates_to"];
  if (relation && !content["m.relates_to"]) content["m.relates_to"] = relation;
  const encrypted = event.isEncrypted();
  const shield = encrypted && !failure ? (await crypto.getEncryptionInfoForEvent(event))?.shieldReason : null;
  return {
    room: event.getRoomId(),
    event_id: id,
    type: failure ? "m.room.encrypted" : event.getType(),
    sender: event.getSender(),
    redacts: event.event.redacts,
    content: failure ? { ...content, algorithm: "m.megolm.v1.aes-sha2" } : content,
    encrypted,
    unreadable: failure,
    shield: shield === null || shield === undefined ? null : EventShieldReason[shield],
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = { ok: (await commands[command.do](command)) ?? null };
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
