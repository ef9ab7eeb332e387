// access: IAM, STS and CloudTrail with the AWS SDK for JavaScript, unmodified.
// Environment as for sdk_test. Exits 0 when every check held, else names the
// first that did not.
import assert from "node:assert/strict";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import * as iamSdk from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand, DecodeAuthorizationMessageCommand, GetCallerIdentityCommand,
  GetSessionTokenCommand, STSClient,
} from "@aws-sdk/client-sts";

const iam = new iamSdk.IAMClient({});
const sts = new STSClient({});
const trail = new CloudTrailClient({});
let held = 0;

function check(condition, what) {
  assert.ok(condition, what);
  held++;
}

// The error of a call that must fail, with this name and status.
async function refused(promise, name, status) {
  const e = await promise.then(() => assert.fail(`expected ${name}`), (e) => e);
  assert.equal(e.name, name, `${e.name}: ${e.message}`);
  assert.equal(e.$metadata.httpStatusCode, status);
  held++;
  return e;
}

const call = (name, input) => iam.send(new iamSdk[`${name}Command`](input));
const account = (await sts.send(new GetCallerIdentityCommand({}))).Account;
const policy = (statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const describe = policy([{ Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" }]);

// A user, its key, what it may.
const user = (await call("CreateUser", {
  UserName: "sdk", Path: "/tests/", Tags: [{ Key: "team", Value: "red + blue" }],
})).User;
check(user.Arn === `arn:aws:iam::${account}:user/tests/sdk`, user.Arn);
check(user.UserId.startsWith("AIDA") && user.CreateDate instanceof Date, "user");
const tags = (await call("ListUserTags", { UserName: "sdk" })).Tags;
check(tags.length === 1 && tags[0].Value === "red + blue", "tags");
await refused(call("CreateUser", { UserName: "SDK" }), "EntityAlreadyExistsException", 409);
const key = (await call("CreateAccessKey", { UserName: "sdk" })).AccessKey;
const credentials = { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
const mine = { sts: new STSClient({ credentials }), ec2: new EC2Client({ credentials }) };
check((await mine.sts.send(new GetCallerIdentityCommand({}))).UserId === user.UserId, "who");
const denial = await refused(
  mine.ec2.send(new DescribeInstancesCommand({})), "UnauthorizedOperation", 403);
check(denial.message.includes("no identity-based policy allows the ec2:DescribeInstances"),
  denial.message);
const why = JSON.parse((await sts.send(new DecodeAuthorizationMessageCommand({
  EncodedMessage: denial.message.split("failure message: ")[1],
}))).DecodedMessage);
check(why.allowed === false && why.explicitDeny === false, "decoded");
check(why.context.action === "ec2:DescribeInstances", "context");

// Managed policies: versions, paging, documents as they were.
const made = (await call("CreatePolicy", {
  PolicyName: "SdkDescribe", PolicyDocument: describe,
})).Policy;
await call("AttachUserPolicy", { UserName: "sdk", PolicyArn: made.Arn });
check((await mine.ec2.send(new DescribeInstancesCommand({}))).Reservations.length > 0, "allowed");
const version = (await call("GetPolicyVersion", {
  PolicyArn: made.Arn, VersionId: "v1",
})).PolicyVersion;
check(decodeURIComponent(version.Document) === describe, version.Document);
await refused(call("DeletePolicy", { PolicyArn: made.Arn }), "DeleteConflictException", 409);
await refused(call("CreatePolicy", { PolicyName: "Bad", PolicyDocument: "{" }),
  "MalformedPolicyDocumentException", 400);
for (let i = 0; i < 3; i++) {
  await call("CreatePolicy", { PolicyName: `SdkPage${i}`, PolicyDocument: describe });
}
const names = [];
for await (const page of iamSdk.paginateListPolicies(
  { client: iam, pageSize: 2 }, { Scope: "Local" })) {
  check(page.Policies.length <= 2, "page");
  names.push(...page.Policies.map((p) => p.PolicyName));
}
check(["SdkDescribe", "SdkPage0", "SdkPage1", "SdkPage2"].every((n) => names.includes(n)),
  names.join());

// A role and its temporary credentials; a session policy narrows them.
await call("CreateRole", {
  RoleName: "sdk-role",
  AssumeRolePolicyDocument: policy([{
    Effect: "Allow", Principal: { AWS: user.Arn }, Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: { StringEquals: { "sts:ExternalId": "x1" } },
  }]),
});
await call("AttachRolePolicy", { RoleName: "sdk-role", PolicyArn: made.Arn });
const RoleArn = `arn:aws:iam::${account}:role/sdk-role`;
await refused(mine.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "one" })),
  "AccessDenied", 403);
const session = await mine.sts.send(new AssumeRoleCommand({
  RoleArn, RoleSessionName: "one", ExternalId: "x1", Tags: [{ Key: "k", Value: "v" }],
  Policy: policy([{ Effect: "Deny", Action: "*", Resource: "*" }]),
}));
check(session.AssumedRoleUser.Arn === `arn:aws:sts::${account}:assumed-role/sdk-role/one`, "arn");
check(session.Credentials.Expiration > new Date(), "expiration");
const narrow = new EC2Client({ credentials: {
  accessKeyId: session.Credentials.AccessKeyId,
  secretAccessKey: session.Credentials.SecretAccessKey,
  sessionToken: session.Credentials.SessionToken,
} });
const narrowed = await refused(
  narrow.send(new DescribeInstancesCommand({})), "UnauthorizedOperation", 403);
check(narrowed.message.includes("explicit deny in a session policy"), narrowed.message);
const token = (await mine.sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 })))
  .Credentials;
const temporary = new STSClient({ credentials: {
  accessKeyId: token.AccessKeyId, secretAccessKey: token.SecretAccessKey,
  sessionToken: token.SessionToken,
} });
check((await temporary.send(new GetCallerIdentityCommand({}))).Arn === user.Arn, "session");
await call("UpdateAccessKey", {
  UserName: "sdk", AccessKeyId: key.AccessKeyId, Status: "Inactive",
});
await refused(temporary.send(new GetCallerIdentityCommand({})), "InvalidClientTokenId", 403);

// The trail: by user, newest first, page by page; errors of its own.
const events = (await trail.send(new LookupEventsCommand({
  LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "sdk" }], MaxResults: 2,
}))).Events;
check(events.length === 2 && events[0].EventTime >= events[1].EventTime, "newest first");
const record = JSON.parse(events[0].CloudTrailEvent);
check(record.eventVersion === "1.08" && record.eventID === events[0].EventId, "record");
const keys = await trail.send(new LookupEventsCommand({
  LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateAccessKey" }],
}));
check(!JSON.stringify(keys).includes(key.SecretAccessKey), "a secret in the trail");
await refused(trail.send(new LookupEventsCommand({
  StartTime: new Date(2e12), EndTime: new Date(1e12),
})), "InvalidTimeRangeException", 400);

console.log(`access: ${held} checks held`);
