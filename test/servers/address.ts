/** An address or a directory that jest's global setup left in the environment. */
export const addressIn = (
  variable: 'FLIBS_TEST_POSTGRES' | 'FLIBS_TEST_AMQP' | 'FLIBS_TEST_SHARED',
): string => {
  const address = process.env[variable];
  if (address === undefined) {
    throw new Error(`${variable} is not set: this test needs the servers of test/servers/global-setup.js`);
  }
  return address;
};
