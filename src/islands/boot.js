// Starts the browser half: loads the module, then wakes every island from the outside in.
import init, * as castellan from "./castellan.js";

const wasm = document.querySelector("link[data-wasm]").href;
const waiting = [];

async function wake(node) {
  for (const child of [...node.children]) {
    const tag = child.localName;
    if (tag === "leptos-island") {
      waiting.at(-1)?.();
      await castellan[child.dataset.component]?.(child);
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
