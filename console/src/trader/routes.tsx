import type { RouteObject } from "react-router";

import { Guard } from "../session/guards";

export const traderRoutes: RouteObject = {
  element: <Guard kind="customer" />,
  children: [
    {
      lazy: () => import("./TraderShell"),
      children: [
        { index: true, lazy: () => import("./catalogue/CataloguePage") },
        { path: "programs/:id", lazy: () => import("./program/ProgramPage") },
        { path: "challenges", lazy: () => import("./challenges/ChallengesPage") },
        {
          path: "challenges/:id",
          lazy: () => import("./challenge/ChallengePage"),
          children: [
            { index: true, lazy: () => import("./challenge/OverviewPage") },
            { path: "trade", lazy: () => import("./trade/TradePage") },
            { path: "deals", lazy: () => import("./challenge/DealsPage") },
            { path: "days", lazy: () => import("./challenge/DaysPage") },
            { path: "rules", lazy: () => import("./challenge/RulesPage") },
          ],
        },
        { path: "breaches/:id", lazy: () => import("./breach/BreachPage") },
        { path: "payouts", lazy: () => import("./payouts/PayoutsPage") },
        { path: "certificates", lazy: () => import("./payouts/CertificatesPage") },
        { path: "account", lazy: () => import("./account/AccountPage") },
      ],
    },
  ],
};
