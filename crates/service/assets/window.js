// Refreshes what changes and takes dropped files. Every page works without it.
"use strict";

// A part of the page that is fetched again. It is left alone while a person is
// in it, so that nothing moves under their hands.
for (const part of document.querySelectorAll("[data-live]")) {
  let shown = part.innerHTML;
  const refresh = async () => {
    let wait = Number(part.dataset.every);
    try {
      const busy = part.contains(document.activeElement) || document.hidden;
      if (!busy) {
        const answer = await fetch(part.dataset.live, { cache: "no-store" });
        // The state that the part showed has ended: the page says what is next.
        if (answer.status === 205) return location.reload();
        if (answer.ok) {
          const text = await answer.text();
          if (text !== shown) part.innerHTML = shown = text;
        }
      }
    } catch {
      wait *= 4; // The server is away; it may come back.
    }
    setTimeout(refresh, wait);
  };
  setTimeout(refresh, Number(part.dataset.every));
}

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const mark = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  zone.addEventListener("dragover", mark(true));
  zone.addEventListener("dragleave", mark(false));
  zone.addEventListener("drop", (event) => {
    mark(false)(event);
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// One press, one request; the button says that it was heard.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button) return;
  setTimeout(() => {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
  });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy=true]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
});
