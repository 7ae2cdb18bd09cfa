// A Bluesky server of one's own (PDS) with its directory of accounts (PLC), on this machine alone, until it is ended.
// Arguments: the folder with node_modules, a folder for data, the port of the PDS and that of the directory.
import { randomBytes } from "node:crypto";
import { Server } from "node:net";
import { pathToFileURL } from "node:url";

const [modules, data, port, plcPort] = process.argv.slice(2);
const load = (path) => import(new URL(path, pathToFileURL(`${modules}/`)).href);
const { PDS, envToCfg, envToSecrets, readEnv } = await load("@atproto/pds/dist/index.js");
const directory = (await load("@did-plc/server/dist/index.js")).default;

// Both would listen on every interface.
const listen = Server.prototype.listen;
Server.prototype.listen = function (where, ...rest) {
  return listen.call(this, typeof where === "number" ? { port: where, host: "127.0.0.1" } : where, ...rest);
};

const plc = directory.PlcServer.create({ db: directory.Database.mock(), port: Number(plcPort) });
await plc.start();
const secret = () => randomBytes(32).toString("hex");
Object.assign(process.env, {
  PDS_PORT: port,
  PDS_HOSTNAME: "localhost",
  PDS_DEV_MODE: "true",
  PDS_DATA_DIRECTORY: data,
  PDS_BLOBSTORE_DISK_LOCATION: `${data}/blobs`,
  PDS_DID_PLC_URL: `http://127.0.0.1:${plcPort}`,
  PDS_SERVICE_HANDLE_DOMAINS: ".test",
  PDS_INVITE_REQUIRED: "false",
  PDS_DISABLE_SSRF_PROTECTION: "true",
  PDS_RATE_LIMITS_ENABLED: "true",
  PDS_JWT_SECRET: secret(),
  PDS_ADMIN_PASSWORD: secret(),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: secret(),
  LOG_ENABLED: "false",
});
const env = readEnv();
const pds = await PDS.create(envToCfg(env), envToSecrets(env));
await pds.start();
console.log("ready");
