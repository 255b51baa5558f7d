/// Where a key leads from one place of so many; null where it leads nowhere.
export function moved(key: string, from: number, count: number): number | null {
  if (key === "ArrowDown") return Math.min(from + 1, count - 1);
  if (key === "ArrowUp") return Math.max(from - 1, 0);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
