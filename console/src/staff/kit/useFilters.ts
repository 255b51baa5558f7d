import { useSearchParams } from "react-router";

export const LIMIT = 25;

/// What a list shows, kept in the address, so that it can be sent to a colleague and the browser's buttons work.
export function useFilters() {
  const [search, setSearch] = useSearchParams();

  const set = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value) next.set(name, value);
    else next.delete(name);
    // Another filter makes another list, which begins at its beginning.
    if (name !== "offset") next.delete("offset");
    setSearch(next, { replace: true, preventScrollReset: true });
  };
  const get = (name: string) => search.get(name) ?? "";
  /// A link may ask for several values of a filter.
  const all = (name: string) => search.getAll(name).filter(Boolean);
  const offset = Math.max(0, Math.trunc(Number(get("offset"))) || 0);
  const chosen = [...search.keys()].some((name) => name !== "offset");
  const clear = () => setSearch({}, { replace: true, preventScrollReset: true });

  return { get, all, set, offset, chosen, clear };
}

export type Filters = ReturnType<typeof useFilters>;

/// A filter that is left out of the request when nothing was chosen.
export function given<T extends string>(value: string): T | undefined {
  return value === "" ? undefined : (value as T);
}
