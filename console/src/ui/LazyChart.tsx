import { type ComponentProps, lazy, Suspense } from "react";

import { Loading } from "./Loading";

const Chart = lazy(() => import("./Chart"));

/// A chart whose code comes when one is looked at.
export function LazyChart(props: ComponentProps<typeof Chart>) {
  return (
    <Suspense fallback={<Loading label="Drawing" />}>
      <Chart {...props} />
    </Suspense>
  );
}
