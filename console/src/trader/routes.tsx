import type { RouteObject } from "react-router";

import { Guard } from "../session/guards";

export const traderRoutes: RouteObject = {
  element: <Guard kind="customer" />,
  children: [
    {
      lazy: () => import("./TraderShell"),
      children: [
        { index: true, lazy: () => import("./catalogue/CataloguePage") },
      ],
    },
  ],
};
