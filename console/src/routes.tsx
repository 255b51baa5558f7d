import { Outlet, type RouteObject } from "react-router";

import { NotFound } from "./pages/NotFound";
import { PageFault } from "./pages/PageFault";
import { EnrolGuard } from "./session/guards";
import { staffRoutes } from "./staff/routes";
import { traderRoutes } from "./trader/routes";
import { Loading } from "./ui/Loading";

/// Each page is code of its own, which comes when somebody goes there: a page module exports its `Component`.
export const routes: RouteObject[] = [
  {
    element: <Outlet />,
    errorElement: <PageFault />,
    hydrateFallbackElement: <Loading label="Opening the console" />,
    children: [
      { path: "sign-in", lazy: () => import("./pages/SignIn") },
      { path: "register", lazy: () => import("./pages/Register") },
      { path: "forgot", lazy: () => import("./pages/Forgot") },
      {
        path: "second-factor",
        element: <EnrolGuard />,
        children: [{ index: true, lazy: () => import("./security/EnrolFirst") }],
      },
      { path: "staff", ...staffRoutes },
      traderRoutes,
      { path: "*", element: <NotFound /> },
    ],
  },
];
