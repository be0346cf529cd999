// The page "Check a statement": the file stays in the browser. Words come from the page, in the reader's language.
import { verify, UnreadableError } from "./statement_verifier.js";

const box = document.querySelector("[data-verify]");
const input = box.querySelector("input[type=file]");
const drop = box.querySelector("[data-verify-drop]");
const result = box.querySelector("[data-verify-result]");
const words = document.getElementById("verify-words").content;
const MOST_SHOWN = 20;

const word = (name) => words.querySelector(`[data-word="${name}"]`)?.textContent ?? name;

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function note(level, text) {
  const made = element("div", "", `note note-${level} mb-3`);
  made.append(element("div", text));
  return made;
}

function list(title, lines) {
  const section = document.createElement("section");
  const points = document.createElement("ul");
  lines.slice(0, MOST_SHOWN).forEach((line) => points.append(element("li", line)));
  section.append(element("h2", title, "h3"), points);
  return section;
}

const difference = ({ where, field, expected, found }) =>
  word("difference").replace("[where]", where).replace("[field]", field).replace("[expected]", expected).replace("[found]", found);

function shown(check) {
  const { statement } = check;
  const counts = word("counts").replace("[computed]", check.computedLines).replace("[lines]", statement.lines).replace("[events]", check.events.length);
  const parts = [element("p", `${statement.number} · ${counts}`)];
  if (check.verdict === "same") parts.push(note("success", word("same")));
  if (check.verdict === "not verified") parts.push(note("warning", word("not-verified")));
  if (check.verdict === "different") {
    parts.push(note("error", `${word("different")} ${difference(check.differences[0])}`));
    if (check.differences.length > 1) parts.push(list(word("then"), check.differences.slice(1).map(difference)));
  }
  if (check.unverified.length) {
    parts.push(list(word("unverified"), check.unverified.map(({ where, code }) => `${where}: ${word(`reason-${code}`)}`)));
  }
  if (check.decided.length) parts.push(list(word("decided"), check.decided.map(({ where }) => where)));
  if (check.heads.size) {
    const line = element("p", `${word("head")} `);
    line.append(element("code", check.evidence.chain.head));
    parts.push(line);
  }
  return parts;
}

async function look(file) {
  result.replaceChildren(element("p", word("busy")));
  try {
    const text = await file.text();
    await new Promise((ready) => setTimeout(ready)); // let the page show that it works
    result.replaceChildren(...shown(verify(text)));
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    result.replaceChildren(note("error", `${word("unreadable")} (${error.message})`));
  }
}

input.addEventListener("change", () => {
  if (input.files.length) look(input.files[0]);
});
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("is-over");
  });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) look(event.dataTransfer.files[0]);
});
