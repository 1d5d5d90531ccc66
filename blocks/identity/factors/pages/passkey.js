// Makes or shows a passkey with the browser's own dialogue and sends what came of it as a form. The page offers other ways without it.
const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

async function ask(act, options) {
  const publicKey = { ...options, challenge: toBytes(options.challenge) };
  if (act === "get") return navigator.credentials.get({ publicKey });
  publicKey.user = { ...options.user, id: toBytes(options.user.id) };
  publicKey.excludeCredentials = options.excludeCredentials.map((one) => ({ ...one, id: toBytes(one.id) }));
  return navigator.credentials.create({ publicKey });
}

function written(act, { id, rawId, type, response, authenticatorAttachment }) {
  const parts = { clientDataJSON: toText(response.clientDataJSON) };
  if (act === "create") parts.attestationObject = toText(response.attestationObject);
  else {
    parts.authenticatorData = toText(response.authenticatorData);
    parts.signature = toText(response.signature);
    if (response.userHandle) parts.userHandle = toText(response.userHandle);
  }
  return JSON.stringify({ id, rawId: toText(rawId), type, response: parts, clientExtensionResults: {}, authenticatorAttachment });
}

if (window.PublicKeyCredential) {
  for (const none of document.querySelectorAll("[data-passkey-none]")) none.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const act = form.dataset.passkey;
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const fault = form.querySelector("[data-passkey-fault]");
      fault.hidden = true;
      try {
        form.elements.answer.value = written(act, await ask(act, JSON.parse(form.dataset.options)));
        form.submit();
      } catch {
        // Cancelled, out of time, or no passkey on this device: the person may try again or go another way.
        fault.hidden = false;
      }
    });
  }
}
