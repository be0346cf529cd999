// Demo only: choosing a login fills in the form and leaves the sending to the person.
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-fills]");
  if (!choice) return;
  const form = document.getElementById(choice.dataset.fills);
  form.elements.namedItem("login").value = choice.dataset.login;
  form.elements.namedItem("password").value = choice.dataset.password;
  form.querySelector("[type=submit]").focus();
});
