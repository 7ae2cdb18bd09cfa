// What happens, as it happens. A lost connection is told, tried again, and resumed where it stopped.

import { start, streamAddress } from "./api.js";

const WAIT = 1500; // ms before the next attempt

let source = null;
let timer = 0;

/** Follow changes after a number: `onChange(change)`, and `onState(line)` with "" while all is well. */
export function follow(after, onChange, onState) {
  stop();
  let seen = after;
  const open = () => {
    const mine = new EventSource(streamAddress(seen));
    source = mine;
    mine.onopen = () => onState("");
    mine.onmessage = (event) => {
      seen = event.lastEventId;
      onChange(JSON.parse(event.data));
    };
    mine.onerror = async () => {
      mine.close();
      onState("Connection lost. Trying again; what you write is kept.");
      const shut = await isShut();
      if (mine !== source) return;
      if (shut) onState("This browser must be let in again: open the link that Switchboard printed.");
      timer = setTimeout(open, WAIT);
    };
  };
  open();
}

/** Stop following. */
export function stop() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

async function isShut() {
  try {
    await start();
    return false;
  } catch (error) {
    return error.status === 401;
  }
}
