// Starts the browser half: loads the module, then wakes every island from the outside in.
import init, * as castellan from "./castellan.js";

const { wasm, zone } = document.querySelector("script[data-wasm]").dataset;
const waiting = [];

// Times are shown, and read, as the reader's clock has them: from the next page on, if that is news.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const safe = location.protocol === "https:" ? "; secure" : "";
document.cookie = `${zone}=${timeZone}; path=/; max-age=31536000; samesite=lax${safe}`;

async function wake(node) {
  for (const child of [...node.children]) {
    const tag = child.localName;
    if (tag === "leptos-island") {
      waiting.at(-1)?.();
      const island = castellan[child.dataset.component];
      if (island) await island(child);
      else console.error("the page and its script are of two versions:", child.dataset.component);
      await wake(child);
    } else if (tag === "leptos-children") {
      waiting.push(child.$$on_hydrate);
      await wake(child);
      waiting.pop();
    } else {
      await wake(child);
    }
  }
}

// `/` goes to the search of the page, unless something is being typed.
addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  const search = document.querySelector("main input[type=search]");
  if (event.key !== "/" || typing || !search) return;
  event.preventDefault();
  search.focus();
});

await init({ module_or_path: wasm });
castellan.hydrate();
await wake(document.body);
document.documentElement.dataset.awake = "";
