// The shell's behaviour: every part is a small module that finds its own elements by data attributes.
import "./demo_logins.js";
import "./dialogs.js";
import "./forms.js";
import "./stacked_tables.js";
import "./theme_toggle.js";
import "./toasts.js";

if (document.querySelector("[data-chart]")) {
  import("./chart.js");
}
