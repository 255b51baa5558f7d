import "./bar.css";

interface Props {
  /// From 0 to 1.
  value: number;
  label: string;
  /// It fills towards an end, not towards a goal.
  bad?: boolean;
}

export function Bar({ value, label, bad }: Props) {
  const percent = Math.round(value * 100);
  return (
    <div className="bar" data-bad={bad} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}
