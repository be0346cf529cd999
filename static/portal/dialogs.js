// Native dialogs: the browser keeps the focus inside and gives it back to the opener.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-dialog]");
  if (opener) {
    document.getElementById(opener.dataset.opensDialog)?.showModal();
    return;
  }
  const closer = event.target.closest("[data-closes-dialog]");
  if (closer) closer.closest("dialog")?.close();
});
