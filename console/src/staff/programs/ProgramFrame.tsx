import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useParams } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Tabs } from "../../ui/Tabs";
import { SaleMark } from "./ProgramsPage";

export type Template = Schemas["TemplateResponse"];

const UP = { to: "/staff/programs", name: "Programs" };

export function useTemplate(template_id: string) {
  return useQuery({
    queryKey: ["template", template_id],
    queryFn: ({ signal }) => ask(api.GET("/prop/templates/{template_id}", { params: { path: { template_id } }, signal })),
  });
}

interface Props {
  actions?: (template: Template) => ReactNode;
  children: (template: Template) => ReactNode;
}

/// The head and the tabs that all pages of a program share.
export function ProgramFrame({ actions, children }: Props) {
  const { templateId = "" } = useParams();
  const template = useTemplate(templateId);
  const edits = usePermission("edit_programs");
  const it = template.data;
  if (!it) {
    return (
      <Page title="Program" up={UP}>
        {template.isPending ? <Skeleton lines={10} /> : <ErrorNote error={template.error} retry={() => void template.refetch()} />}
      </Page>
    );
  }
  const base = `/staff/programs/${templateId}`;
  const tabs = [
    { to: base, name: "What is promised", end: true },
    ...(edits && !it.is_seed ? [{ to: `${base}/edit`, name: "Change" }] : []),
    { to: `${base}/versions`, name: "Versions" },
    { to: `${base}/simulation`, name: "Simulation" },
  ];
  return (
    <Page title={it.name} up={UP} mark={<SaleMark template={it} />} intro={it.description} actions={actions?.(it)}>
      <Tabs label={it.name} tabs={tabs} />
      {children(it)}
    </Page>
  );
}
