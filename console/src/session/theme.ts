import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "touchstone.theme";
const hearers = new Set<() => void>();
const system = window.matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

export function chooseTheme(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // The choice holds until the page is left.
  }
  for (const hear of hearers) hear();
}

function hear(listener: () => void) {
  hearers.add(listener);
  system.addEventListener("change", listener);
  return () => {
    hearers.delete(listener);
    system.removeEventListener("change", listener);
  };
}

const darkNow = () => (chosenTheme() === "system" ? system.matches : chosenTheme() === "dark");

export const useTheme = () => useSyncExternalStore(hear, chosenTheme);
export const useDark = () => useSyncExternalStore(hear, darkNow);
