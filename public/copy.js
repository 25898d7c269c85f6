// Puts what is shown once onto the clipboard. Where no script runs, or the page didn't come over a safe connection, one click
// on the text selects all of it.

for (const button of navigator.clipboard ? document.querySelectorAll('[data-copies]') : []) {
  button.hidden = false;
  button.onclick = async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).innerText);
    button.textContent = button.dataset.copied;
  };
}
