import { type ComponentProps, lazy, Suspense } from "react";

import { Loading } from "./Loading";

const Chart = lazy(() => import("./Chart"));

/// A chart whose code comes when one is looked at.
export function LazyChart(props: ComponentProps<typeof Chart>) {
  return (
    <Suspense fallback={<Waiting height={props.height} />}>
      <Chart {...props} />
    </Suspense>
  );
}

/// As high as the chart will be, so that nothing below it jumps.
function Waiting({ height = 300 }: { height?: number }) {
  return (
    <div style={{ minHeight: height + 80 }}>
      <Loading label="Drawing" />
    </div>
  );
}
