import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { breachColumns } from "../breaches/columns";
import { customerColumns } from "../customers/columns";
import { payoutColumns } from "../payouts/columns";
import { useTransactionColumns } from "../transactions/columns";
import type { TransactionQuery } from "../transactions/kinds";
import { LOOK_EVERY, Section, SHOWN } from "./Section";

export function Breaches() {
  const query = useQuery({
    queryKey: ["breaches", "waiting"],
    queryFn: async ({ signal }) => {
      const wanted = { status: "pending", limit: SHOWN } as const;
      return (await ask(api.GET("/prop/breach-events", { params: { query: wanted }, signal }))).items;
    },
    refetchInterval: LOOK_EVERY,
  });
  return <Section kind="breaches" query={query} columns={breachColumns} rowKey={(row) => row.id} />;
}

interface PayoutProps {
  kind: string;
  status: "pending" | "awaiting_second_approval" | "approved" | "disbursing";
}

export function Payouts({ kind, status }: PayoutProps) {
  const query = useQuery({
    queryKey: ["payouts", "waiting", status],
    queryFn: async ({ signal }) => {
      const wanted = { status, limit: SHOWN };
      return (await ask(api.GET("/prop/payouts", { params: { query: wanted }, signal }))).items;
    },
    refetchInterval: LOOK_EVERY,
  });
  return <Section kind={kind} query={query} columns={payoutColumns} rowKey={(row) => row.id} />;
}

interface TransactionProps {
  kind: string;
  query: TransactionQuery;
}

export function Transactions({ kind, query: wanted }: TransactionProps) {
  const columns = useTransactionColumns();
  const query = useQuery({
    queryKey: ["transactions", "waiting", kind],
    queryFn: ({ signal }) =>
      ask(api.GET("/transactions", { params: { query: { ...wanted, limit: SHOWN } }, signal })),
    refetchInterval: LOOK_EVERY,
  });
  return <Section kind={kind} query={query} columns={columns} rowKey={(row) => row.id} />;
}

export function Identities() {
  const query = useQuery({
    queryKey: ["customers", "waiting"],
    queryFn: async ({ signal }) => {
      const wanted = { kyc_status: "pending", limit: SHOWN } as const;
      return (await ask(api.GET("/customers", { params: { query: wanted }, signal }))).items;
    },
    refetchInterval: LOOK_EVERY,
  });
  return <Section kind="kyc" query={query} columns={customerColumns} rowKey={(row) => row.id} />;
}
