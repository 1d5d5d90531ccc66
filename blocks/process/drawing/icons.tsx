import type { Mark, TaskKind, Trigger } from "./drawing.ts";

/** Signs inside events, for a circle of radius 18 around 0, 0; `full` ones are painted, as thrown events are. */
export function TriggerIcon({ trigger, full }: { trigger: Trigger; full: boolean }) {
  const sign = full ? "full" : "open";
  switch (trigger) {
    case "message":
      return (
        <>
          <path class={sign} d="M-10-7h20v14h-20z" />
          <path class={full ? "inverse" : "stroke"} d="M-10-7 0 1 10-7" />
        </>
      );
    case "timer":
      return (
        <>
          <circle class="open" r="11" />
          <path class="stroke" d="M0-11v3M0 11V8M-11 0h3M11 0H8M0-7v7l5 4" />
        </>
      );
    case "error":
      return <path class={sign} d="M-9 9-4.5-8 3 2 9-9 4.5 8-3-2z" />;
    case "escalation":
      return <path class={sign} d="M0-10 7.5 9 0 2-7.5 9z" />;
    case "cancel":
      return <path class={sign} d="M-9-6-6-9 0-3 6-9 9-6 3 0 9 6 6 9 0 3-6 9-9 6-3 0z" />;
    case "compensation":
      return <path class={sign} d="M-1-7v14l-9-7zM8-7v14l-9-7z" />;
    case "conditional":
      return (
        <>
          <path class="open" d="M-8-10H8v20H-8z" />
          <path class="stroke" d="M-5-6H5M-5-2H5M-5 2H5M-5 6H5" />
        </>
      );
    case "link":
      return <path class={sign} d="M-10-4H2v-5l9 9-9 9V4h-12z" />;
    case "signal":
      return <path class={sign} d="M0-10 10 7h-20z" />;
    case "terminate":
      return <circle class="full" r="11" />;
    case "multiple":
      return <path class={sign} d="M0-10.5 10-3.2 6.2 8.5h-12.4L-10-3.2z" />;
    case "all":
      return <path class="open" d="M-3-10h6v7h7v6H3v7h-6V3h-7v-6h7z" />;
    default:
      return null;
  }
}

/** Signs of kinds of tasks (BPMN 2.0.2, 10.2.3), 18 by 18 from 0, 0. */
export function TaskIcon({ task }: { task: TaskKind }) {
  switch (task) {
    case "user":
      return (
        <>
          <circle class="open" cx="9" cy="5" r="3.8" />
          <path class="open" d="M2 17v-3c0-3 2.5-4.8 4.5-5 1.5 1.2 3.5 1.2 5 0 2 .2 4.5 2 4.5 5v3z" />
        </>
      );
    case "manual":
      return (
        <path
          class="open"
          d="M1 8.5 6 3c.8-.8 2-.2 1.6.9L6.5 6H16c1.5 0 1.5 2 0 2h-5 6c1.5 0 1.5 2 0 2h-6 5.2c1.5 0 1.5 2 0 2H11h4c1.4 0 1.4 2 0 2H4.5L1 13z"
        />
      );
    case "service":
      return (
        <>
          <path
            class="open"
            d="M7.7 1h2.6l.4 2.1 1.7.7 1.8-1.2 1.8 1.8-1.2 1.8.7 1.7 2.1.4v2.6l-2.1.4-.7 1.7 1.2 1.8-1.8 1.8-1.8-1.2-1.7.7-.4 2.1H7.7l-.4-2.1-1.7-.7-1.8 1.2L2 14.8 3.2 13l-.7-1.7-2.1-.4V8.3l2.1-.4.7-1.7L2 4.4l1.8-1.8 1.8 1.2 1.7-.7z"
          />
          <circle class="open" cx="9" cy="9.6" r="2.9" />
        </>
      );
    case "rule":
      return (
        <>
          <path class="open" d="M1 3h16v12H1z" />
          <path class="full" d="M1 3h16v3.5H1z" />
          <path class="stroke" d="M1 10.7h16M6 6.5V15" />
        </>
      );
    case "send":
      return (
        <>
          <path class="full" d="M1 3h16v12H1z" />
          <path class="inverse" d="M1.5 3.5 9 10l7.5-6.5" />
        </>
      );
    case "receive":
      return (
        <>
          <path class="open" d="M1 3h16v12H1z" />
          <path class="stroke" d="M1 3l8 7 8-7" />
        </>
      );
    case "script":
      return (
        <>
          <path class="open" d="M6 1h11c-4 3-4 5-2 8s1 6-3 8H1c4-2 5-5 3-8S2 4 6 1z" />
          <path class="stroke" d="M6.5 4.5h6M6 8h6M7.5 11h6M6.5 14h6" />
        </>
      );
    default:
      return null;
  }
}

/** Marks at the lower edge of an activity, 14 by 14 from 0, 0. */
export function ActivityMark({ mark }: { mark: Mark }) {
  switch (mark) {
    case "many":
      return <path class="stroke bold" d="M3 1v12M7 1v12M11 1v12" />;
    case "many-sequential":
      return <path class="stroke bold" d="M1 3h12M1 7h12M1 11h12" />;
    case "loop":
      return <path class="stroke" d="M4 12.2A6 6 0 1 1 10 12.3M4.3 8.6v4H.5" />;
    case "compensation":
      return <path class="open" d="M7 2v10L.5 7zM13.5 2v10L7 7z" />;
    case "ad-hoc":
      return <path class="stroke bold" d="M1 8.5c2-5 4-4 6-1.5s4 3 6-1.5" />;
    case "collapsed":
      return (
        <>
          <path class="open" d="M0 0h14v14H0z" />
          <path class="stroke" d="M7 2.5v9M2.5 7h9" />
        </>
      );
  }
}
