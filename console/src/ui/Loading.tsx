import "./loading.css";

/// For a whole page or panel that is not known yet.
export function Loading({ label = "Loading" }: { label?: string }) {
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      {label}…
    </div>
  );
}

/// Grey lines where text will stand, so that nothing jumps.
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="unseen">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="skeleton-line" aria-hidden="true" />
      ))}
    </div>
  );
}

interface ProgressProps {
  label: string;
  /// From 0 to 1; without it, how long it takes is not known.
  value?: number;
}

export function Progress({ label, value }: ProgressProps) {
  return (
    <div className="progress">
      <span className="small soft">{label}</span>
      <progress aria-label={label} max={1} value={value} />
    </div>
  );
}
