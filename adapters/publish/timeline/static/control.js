// The control page: one press tells the timeline how to behave; what it says then is told to everybody.

const choices = [...document.querySelectorAll("button[data-name]")];
const now = document.getElementById("now");
const fault = document.getElementById("fault");
const seconds = document.getElementById("seconds");
const once = document.getElementById("once");

async function press(name) {
  fault.textContent = "";
  try {
    const answer = await fetch("behaviour", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Persona": "timeline" },
      body: JSON.stringify({ behaviour: name, seconds: seconds.valueAsNumber, once: once.checked }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(reason(text));
    show(JSON.parse(text));
  } catch (error) {
    fault.textContent = `Nothing was changed: ${error.message}`;
  }
}

// The door of the demo answers in plain words, the timeline in JSON.
function reason(text) {
  try {
    return JSON.parse(text).error;
  } catch {
    return text;
  }
}

function show(told) {
  for (const choice of choices) {
    const stands = told.behaviour.includes(choice.dataset.name);
    const works = choice.dataset.name === "works" && told.behaviour.length === 0;
    choice.setAttribute("aria-pressed", String(stands || works));
  }
  now.textContent = told.line;
}

for (const choice of choices) choice.addEventListener("click", () => press(choice.dataset.name));
