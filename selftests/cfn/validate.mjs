// SPDX-License-Identifier: GPL-2.0-only
//
// validate.mjs [--region R]... [--expect RULE=TEMPLATE]... TEMPLATE...
//
// AWS's own validator, in TAP. One test for each region: of all templates there
// must be nothing to say from WARN up, but for what `noise` lists with a
// reason. One test for each entry of that list: what no longer occurs has to
// go. And one for each broken template that is expected to break a rule. Owns
// and touches nothing. Run it by npm.sh, which says where the packages are.

import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import process from "node:process";

// Findings that are no defects of ours. `where` is matched against
// "FILE RESOURCE PROPERTY: MESSAGE".
const noise = [
];

// What the pseudo parameters are in each partition.
const partitions = [
	{ prefix: "cn-", partition: "aws-cn", urlSuffix: "amazonaws.com.cn" },
	{ prefix: "us-gov-", partition: "aws-us-gov",
	  urlSuffix: "amazonaws.com" },
	{ prefix: "", partition: "aws", urlSuffix: "amazonaws.com" },
];

const usage = `Usage: validate.mjs [--region REGION]... \
[--expect RULE=TEMPLATE]... TEMPLATE...
`;

function arguments_of(argv)
{
	const regions = [];
	const files = [];
	const broken = [];

	for (let i = 0; i < argv.length; i++) {
		if (argv[i] === "--region" && i + 1 < argv.length)
			regions.push(argv[++i]);
		else if (argv[i] === "--expect" && argv[i + 1]?.includes("="))
			broken.push(argv[++i].split("="));
		else if (argv[i].startsWith("-"))
			return null;
		else
			files.push(argv[i]);
	}
	if (!files.length)
		return null;
	return { regions: regions.length ? regions : ["us-east-1"], files,
		 broken };
}

function pseudo(region)
{
	const { partition, urlSuffix } =
		partitions.find((p) => region.startsWith(p.prefix));

	return { region, partition, urlSuffix };
}

// The last two parts of a path say which template it is.
function short(file)
{
	return join(basename(dirname(file)), basename(file));
}

function line_of(file, finding)
{
	const where = [short(file) + ":" + (finding.startLine ?? "?"),
		       finding.entity?.logicalId, finding.propertyPath];

	return where.filter(Boolean).join(" ") + ": " + finding.message;
}

// Why a finding may be ignored, or undefined.
function excuse(finding, line)
{
	const entry = noise.find((n) => n.rule === finding.ruleId &&
					n.where.test(line));

	if (entry)
		entry.used = true;
	return entry;
}

function complaints(engine, library, file, region)
{
	const report = engine.validateStandard(
		new library.TemplateFile(file),
		{ severityLevel: "WARN",
		  pseudoParameterOverrides: pseudo(region) });
	const lines = [];

	// Without a complete analysis silence means nothing.
	if (report.status !== "OK")
		lines.push(`${short(file)}: analysis: ${report.status}`);
	for (const finding of report.diagnostics) {
		const line = line_of(file, finding);

		if (!excuse(finding, line))
			lines.push(`${finding.ruleId} ${line}`);
	}
	return lines;
}

function main()
{
	const args = arguments_of(process.argv.slice(2));
	let tests = 0;
	let failed = 0;

	if (!args || !process.env.GWLB_NODE_MODULES) {
		process.stderr.write(usage);
		return 2;
	}

	const require = createRequire(
		join(process.env.GWLB_NODE_MODULES, "none.js"));
	const library = require("@aws/cloudformation-validate");
	const engine = new library.CelEngine();

	const say = (what, lines) => {
		tests++;
		if (lines.length)
			failed++;
		console.log(`${lines.length ? "not ok" : "ok"} ${tests} - ` +
			    what);
		for (const line of lines)
			console.log("# " + line);
	};

	for (const region of args.regions)
		say(`cloudformation-validate: ${args.files.length} ` +
		    `templates, ${region}`,
		    args.files.flatMap((file) => complaints(engine, library,
							    file, region)));
	for (const entry of noise)
		say(`cloudformation-validate: ${entry.rule} is still noise`,
		    entry.used ? [] : ["does not occur any more"]);
	for (const [rule, file] of args.broken) {
		const found = complaints(engine, library, file,
					 args.regions[0]);

		say(`cloudformation-validate: ${rule} is found`,
		    found.some((line) => line.startsWith(rule + " ")) ? []
			: ["only this was found:", ...found]);
	}
	engine.free();
	console.log(`1..${tests}`);
	return failed ? 1 : 0;
}

process.exitCode = main();
