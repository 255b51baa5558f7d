import type { RouteObject } from "react-router";

import { Guard } from "../session/guards";

/// Everything under `/staff`.
export const staffRoutes: RouteObject = {
  element: <Guard kind="user" />,
  children: [
    {
      lazy: () => import("./StaffShell"),
      children: [
        { index: true, lazy: () => import("./inbox/InboxPage") },
        { path: "board", lazy: () => import("./board/BoardPage") },
        { path: "journeys", lazy: () => import("./journeys/JourneysPage") },
        { path: "journeys/:journeyId", lazy: () => import("./journeys/JourneyPage") },
        { path: "purchases/:purchaseId", lazy: () => import("./journeys/PurchasePage") },
        { path: "breaches", lazy: () => import("./breaches/BreachesPage") },
        { path: "breaches/:breachId", lazy: () => import("./breaches/BreachPage") },
        { path: "payouts", lazy: () => import("./payouts/PayoutsPage") },
        { path: "payouts/:payoutId", lazy: () => import("./payouts/PayoutPage") },
        { path: "transactions", lazy: () => import("./transactions/TransactionsPage") },
        { path: "customers", lazy: () => import("./customers/CustomersPage") },
        { path: "customers/:customerId", lazy: () => import("./customers/CustomerPage") },
        { path: "accounts", lazy: () => import("./customers/AccountsPage") },
        { path: "accounts/:login", lazy: () => import("./customers/AccountPage") },
        { path: "programs", lazy: () => import("./programs/ProgramsPage") },
        { path: "programs/:templateId", lazy: () => import("./programs/ProgramPage") },
        { path: "programs/:templateId/edit", lazy: () => import("./programs/EditPage") },
        { path: "programs/:templateId/versions", lazy: () => import("./programs/VersionsPage") },
        { path: "programs/:templateId/simulation", lazy: () => import("./programs/SimulationPage") },
        { path: "groups", lazy: () => import("./groups/GroupsPage") },
        { path: "promo-codes", lazy: () => import("./sales/PromoCodesPage") },
        { path: "news", lazy: () => import("./sales/NewsPage") },
        { path: "people", lazy: () => import("./firm/PeoplePage") },
        { path: "tokens", lazy: () => import("./firm/TokensPage") },
        { path: "webhooks", lazy: () => import("./webhooks/WebhooksPage") },
        { path: "webhooks/:webhookId", lazy: () => import("./webhooks/WebhookPage") },
        { path: "audit", lazy: () => import("./firm/AuditPage") },
        { path: "health", lazy: () => import("./firm/HealthPage") },
        { path: "agreements", lazy: () => import("./firm/AgreementsPage") },
        { path: "mails", lazy: () => import("./mail/MailPage") },
        { path: "mails/:kind", lazy: () => import("./mail/MailTextPage") },
        { path: "security", lazy: () => import("./firm/SecurityPage") },
      ],
    },
  ],
};
