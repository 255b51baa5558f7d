// Runs before the first paint, so that a chosen theme does not flash in the other one.
try {
  var chosen = localStorage.getItem("touchstone.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's preference holds then.
}
