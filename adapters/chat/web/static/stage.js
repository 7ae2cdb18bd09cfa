// Behind the scenes: each press is told to the demo; what it says then is told to everybody.

const now = document.getElementById("now");
const fault = document.getElementById("fault");

async function act(what) {
  fault.textContent = "";
  try {
    const answer = await fetch("act", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Persona": "stage" },
      body: JSON.stringify(what),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    now.textContent = told.line;
  } catch (error) {
    fault.textContent = `Nothing was done: ${error.message}`;
  }
}

for (const button of document.querySelectorAll("button[data-act]")) {
  button.addEventListener("click", () => act({ act: button.dataset.act, seconds: Number(button.dataset.seconds) }));
}

document.getElementById("other").addEventListener("submit", (event) => {
  event.preventDefault();
  act({ act: "pass", seconds: document.getElementById("seconds").valueAsNumber });
});
