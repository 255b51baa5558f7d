import type { RouteObject } from "react-router";

import { Guard } from "../session/guards";

/// Everything under `/staff`.
export const staffRoutes: RouteObject = {
  element: <Guard kind="user" />,
  children: [
    {
      lazy: () => import("./StaffShell"),
      children: [{ index: true, lazy: () => import("./OverviewPage") }],
    },
  ],
};
