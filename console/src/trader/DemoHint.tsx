import { useSession } from "../session/SessionContext";
import { Note } from "../ui/Note";

/// How to play a demo, where nobody can know it. A real server never says that it is one.
export function DemoHint() {
  if (!useSession().demo) return null;
  return (
    <Note title="This is a demo: how to play it">
      <p>
        The price of <b>DEMOWAVE</b> climbs from 100 to 110 and falls back to 100 every 40 seconds. Buy it low and sell it high to pass; hold it
        against the wave to breach a limit. Ten lots win or lose about 10,000 USD in half a wave.
      </p>
    </Note>
  );
}
