// @temporalio/common types durations with `ms`, whose package hides its types from nodenext resolution;
// without this declaration every Duration is silently `any`.
declare module 'ms' {
  type Unit =
    | 'ms'
    | 's'
    | 'm'
    | 'h'
    | 'd'
    | 'w'
    | 'second'
    | 'seconds'
    | 'minute'
    | 'minutes'
    | 'hour'
    | 'hours'
    | 'day'
    | 'days'
  export type StringValue = `${number}` | `${number}${Unit}` | `${number} ${Unit}`
}
