// sdk_test: the AWS SDK for JavaScript against a running lab, unmodified.
// Environment: what lab/env prints, NODE_EXTRA_CA_CERTS, and INSTANCE, the id
// of a running instance. Exits 0 when every check held, else names the first
// that did not.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  EC2InstanceConnectClient, SendSSHPublicKeyCommand,
} from "@aws-sdk/client-ec2-instance-connect";

const instance = process.env.INSTANCE;
const ec2 = new EC2Client({});
const connect = new EC2InstanceConnectClient({});

// An Ed25519 public key as one line of OpenSSH.
function publicKey() {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const field = (b) => Buffer.concat([Buffer.from([0, 0, 0, b.length]), b]);
  const blob = Buffer.concat([field(Buffer.from("ssh-ed25519")), field(raw)]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

async function refused(promise, name, status) {
  const e = await promise.then(() => assert.fail(`expected ${name}`), (e) => e);
  assert.equal(e.name, name, `${e.name}: ${e.message}`);
  assert.equal(e.$metadata.httpStatusCode, status);
  assert.match(e.$metadata.requestId, /^[0-9a-f-]{36}$/);
  assert.ok(e.message.length > 0);
  return e;
}

const list = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance] }));
assert.equal(list.Reservations.length, 1);
const found = list.Reservations[0].Instances[0];
assert.equal(found.InstanceId, instance);
assert.equal(found.State.Name, "running");
assert.equal(found.State.Code, 16);
assert.ok(found.LaunchTime instanceof Date);
assert.match(found.PrivateIpAddress, /^172\.31\./);

const push = (over) => connect.send(new SendSSHPublicKeyCommand({
  InstanceId: instance, InstanceOSUser: "ec2-user", SSHPublicKey: publicKey(), ...over,
}));
const done = await push({});
assert.equal(done.Success, true);
assert.equal(done.RequestId, done.$metadata.requestId);
const az = found.Placement.AvailabilityZone;
assert.equal((await push({ AvailabilityZone: az })).Success, true);

await refused(push({ InstanceId: "i-0123456789abcdef0" }), "EC2InstanceNotFoundException", 400);
await refused(push({ InstanceOSUser: "a/../b" }), "InvalidArgsException", 400);
await refused(push({ SSHPublicKey: "x".repeat(80) }), "InvalidArgsException", 400);
await refused(push({ SSHPublicKey: "x".repeat(4097) }), "InvalidArgsException", 400);
await refused(
  ec2.send(new DescribeInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })),
  "InvalidInstanceID.NotFound", 400);

const stranger = new EC2InstanceConnectClient({
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wrong" },
});
await refused(stranger.send(new SendSSHPublicKeyCommand({
  InstanceId: instance, InstanceOSUser: "ec2-user", SSHPublicKey: publicKey(),
})), "UnrecognizedClientException", 400);

console.log("sdk: 9 checks held");
