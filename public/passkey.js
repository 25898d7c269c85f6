// Asks the reader's device for a passkey, and sends what it answers with the form that it is in. The only script of pages
// before sign-in. What it is to ask for stands in data-options; what it says where that fails, in the page's language, too.

const field = document.querySelector('[data-passkey]');
const form = field.form;
const button = form.querySelector('.btn.main');
const said = form.querySelector('[data-cannot]');
const creates = field.dataset.passkey === 'create';

function say(text) {
  said.textContent = text;
  said.hidden = !text;
}

function bytes(text) {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

// Bytes are base64url on the page, and buffers for the browser.
function read(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list ?? []) one.id = bytes(one.id);
  }
  return options;
}

function written({ id, type, rawId, response }) {
  const held = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) held[name] = text(response[name]);
  }
  return JSON.stringify({ id, type, rawId: text(rawId), response: held, extensions: {} });
}

async function ask() {
  const publicKey = read(JSON.parse(field.dataset.options));
  const asked = creates ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
  return written(await asked);
}

// Browsers say the same of what was cancelled, took too long, and where they know no passkey.
function why(error) {
  if (error.name === 'InvalidStateError') return said.dataset.known;
  return error.name === 'NotAllowedError' ? said.dataset.cancelled : said.dataset.cannot;
}

if (window.PublicKeyCredential) {
  button.disabled = false;
} else {
  say(said.dataset.cannot);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  say('');
  try {
    field.value = await ask();
    form.submit();
  } catch (error) {
    say(why(error));
    button.disabled = false;
  }
});

// Whoever comes back to the page may ask again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
