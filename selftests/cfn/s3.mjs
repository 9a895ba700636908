// SPDX-License-Identifier: GPL-2.0-only
//
// s3.mjs DIR BUCKET=REGION... - an S3 server for the test of publish.sh
//
// Keeps its objects in DIR, listens on a free port of 127.0.0.1 and says which
// one as soon as it answers. s3rver does the work; what is added is that
// buckets are in the regions that the command line says. Ends with its input,
// so that it never outlives a test. Run it by npm.sh.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const require = createRequire(join(process.env.GWLB_NODE_MODULES, "none.js"));
const S3rver = require("s3rver");

const [directory, ...words] = process.argv.slice(2);
const buckets = new Map(words.map((word) => word.split("=")));

const server = new S3rver({
	directory, address: "127.0.0.1", port: 0, silent: true,
	configureBuckets: [...buckets.keys()].map((name) => ({ name })),
});

// A bucket of us-east-1 has no location, here as there. This goes around all
// that the server does by itself, so it sees the answer as it is sent.
server.middleware.unshift(async (context, next) => {
	await next();
	const region = buckets.get(context.path.split("/")[1]);
	const empty = /(<LocationConstraint[^>]*>)(?=<\/)/;

	if ("location" in context.query && context.status === 200 &&
	    region !== "us-east-1")
		context.body = context.body.replace(empty, "$1" + region);
});

const { port } = await server.run();

console.log(port);
process.stdin.on("end", () => process.exit(0)).resume();
