// Messages: those the page came with are put in again, so that a screen reader announces them; htmx answers add more.
const region = document.getElementById("toasts");
const shape = document.getElementById("toast-shape");
const SHOWN_FOR_MS = 8000;

function leaveLater(note) {
  // What went wrong stays until it is closed; so does anything under the pointer or the focus.
  if (note.matches(".toast-note-error, .toast-note-warning")) return;
  const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : note.remove());
  setTimeout(leave, SHOWN_FOR_MS);
}

/** Show a message. `level` is Django's: debug, info, success, warning or error. */
export function toast(text, level = "info") {
  const note = shape.content.firstElementChild.cloneNode(true);
  note.classList.add(`toast-note-${level}`);
  note.querySelector("p").textContent = text;
  region.append(note);
  leaveLater(note);
}

if (region) {
  const given = [...region.children];
  region.replaceChildren();
  setTimeout(() => given.forEach((note) => (region.append(note), leaveLater(note))), 50);
  region.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.parentElement.remove());
  document.addEventListener("portal:messages", (event) => {
    for (const { text, level } of event.detail.messages ?? []) toast(text, level);
  });
}
