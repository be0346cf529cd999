// One click, one effect; and the language switch comes back to where the person really is.
function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled=true][data-was-sent]").forEach((button) => {
    button.removeAttribute("aria-disabled");
    delete button.dataset.wasSent;
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-keeps-place]")) {
    form.elements.namedItem("next").value = location.pathname + location.search;
  }
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if (event.submitter) {
    event.submitter.setAttribute("aria-disabled", "true");
    event.submitter.dataset.wasSent = "yes";
  }
});

// A file that downloads, or a page out of the browser's memory, leaves the form usable.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("submit", (event) => setTimeout(() => release(event.target), 5000));

// After an error the first wrong field has the focus.
document.querySelector(".is-invalid, [aria-invalid=true]")?.focus();
