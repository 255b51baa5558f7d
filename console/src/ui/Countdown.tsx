import { useServerNow } from "../format/serverClock";
import { leftText, millis, type Instant } from "../format/time";

/// What is left until an instant, second by second, by the server's clock.
export function Countdown({ until, over = "now" }: { until: Instant; over?: string }) {
  const left = millis(until) - useServerNow();
  return (
    <span className="number" role="timer">
      {left <= 0 ? over : leftText(left)}
    </span>
  );
}
