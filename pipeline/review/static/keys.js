// Single keys are shortcuts, unless one is typing, holds a modifier, or has turned them off.

export function listen(actions, enabled) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || typing(event.target)) return;
    const action = actions[event.key];
    if (!action || (!enabled() && event.key !== "Escape")) return;
    event.preventDefault();
    action();
  });
}

function typing(target) {
  if (target.closest("textarea, select, [contenteditable]")) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}
