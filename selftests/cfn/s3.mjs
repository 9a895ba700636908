// SPDX-License-Identifier: GPL-2.0-only
//
// s3.mjs DIR BUCKET=REGION[=OWNER]... - an S3 server for the test of publish.sh
//
// Keeps its objects in DIR, listens on a free port of 127.0.0.1 and says which
// one as soon as it answers. s3rver does the work; what is added is that
// buckets are in the regions, and belong to the accounts, that the command line
// says, and that a POST is answered as STS would if it was asked who asks. Ends
// with its input, so that it never outlives a test. Run it by npm.sh.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const require = createRequire(join(process.env.GWLB_NODE_MODULES, "none.js"));
const S3rver = require("s3rver");

const [directory, ...words] = process.argv.slice(2);
const US = "123456789012";
const buckets = new Map(words.map((word) => {
	const [name, region, owner = US] = word.split("=");

	return [name, { region, owner }];
}));

const caller = `<GetCallerIdentityResponse
xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::${US}:user/test</Arn><UserId>test</UserId>
<Account>${US}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

const server = new S3rver({
	directory, address: "127.0.0.1", port: 0, silent: true,
	configureBuckets: [...buckets.keys()].map((name) => ({ name })),
});

// A bucket of us-east-1 has no location, here as there. This goes around all
// that the server does by itself, so it sees the answer as it is sent.
server.middleware.unshift(async (context, next) => {
	const bucket = buckets.get(context.path.split("/")[1]);
	const owner = context.get("x-amz-expected-bucket-owner");

	if (context.method === "POST" && context.path === "/") {
		context.type = "text/xml";
		context.body = caller;
		return;
	}
	if (owner && bucket && owner !== bucket.owner) {
		context.status = 403;
		context.body = "<Error><Code>AccessDenied</Code></Error>";
		return;
	}
	await next();
	const region = bucket?.region;
	const empty = /(<LocationConstraint[^>]*>)(?=<\/)/;

	if ("location" in context.query && context.status === 200 &&
	    region !== "us-east-1")
		context.body = context.body.replace(empty, "$1" + region);
});

const { port } = await server.run();

console.log(port);
process.stdin.on("end", () => process.exit(0)).resume();
