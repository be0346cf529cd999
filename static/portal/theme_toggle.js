// The button in the top bar says what it will do.
const button = document.querySelector("[data-theme-toggle]");

function label() {
  const isDark = document.documentElement.dataset.bsTheme === "dark";
  button.setAttribute("aria-label", isDark ? button.dataset.labelLight : button.dataset.labelDark);
}

if (button) {
  button.addEventListener("click", () => window.portalTheme.toggle());
  new MutationObserver(label).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  label();
}
