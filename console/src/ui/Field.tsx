import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from "react";

import "./field.css";
import { useFault } from "./useFault";

interface Common {
  label: string;
  hint?: ReactNode;
  /// What is wrong with what stands in it. Without it a field with a `name` finds it in the form around it.
  fault?: string;
}

interface FrameProps extends Common {
  id: string;
  children: ReactNode;
}

function Frame({ id, label, hint, fault, children }: FrameProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} className="field-fault">
          {fault}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, fault }: Common) {
  const ids = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return { "aria-describedby": ids || undefined, "aria-invalid": fault ? true : undefined };
}

type FieldProps = Common & InputHTMLAttributes<HTMLInputElement>;

export function Field({ label, hint, fault: given, ...rest }: FieldProps) {
  const own = useId();
  const fault = useFault(rest.name, given);
  const id = rest.id ?? own;
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <input {...rest} id={id} {...described(id, { label, hint, fault })} />
    </Frame>
  );
}

type SelectProps = Common & SelectHTMLAttributes<HTMLSelectElement>;

export function Select({ label, hint, fault: given, children, ...rest }: SelectProps) {
  const own = useId();
  const fault = useFault(rest.name, given);
  const id = rest.id ?? own;
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <select {...rest} id={id} {...described(id, { label, hint, fault })}>
        {children}
      </select>
    </Frame>
  );
}

type TextAreaProps = Common & TextareaHTMLAttributes<HTMLTextAreaElement>;

export function TextArea({ label, hint, fault: given, ...rest }: TextAreaProps) {
  const own = useId();
  const fault = useFault(rest.name, given);
  const id = rest.id ?? own;
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <textarea rows={3} {...rest} id={id} {...described(id, { label, hint, fault })} />
    </Frame>
  );
}

interface CheckProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  label: ReactNode;
  hint?: ReactNode;
}

export function CheckField({ label, hint, ...rest }: CheckProps) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <div className="check-field">
      <input {...rest} type="checkbox" id={id} aria-describedby={hint ? `${id}-hint` : undefined} />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className="field-hint">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
