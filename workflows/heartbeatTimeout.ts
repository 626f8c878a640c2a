/** How long a step may be silent until another worker takes it over. Steps beat every five seconds. */
export const HEARTBEAT_TIMEOUT = '30 seconds'
