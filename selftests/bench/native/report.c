// SPDX-License-Identifier: GPL-2.0-only
/*
 * report: a table for people on standard output, and the same as JSON in the
 * file bench-native.json of the directory that the environment variable OUT
 * names, or of this one.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

static const char *setup;
static bool first = true;
static unsigned int n_bars, n_met;
static FILE *json;

/**
 * report_begin() - open the file, and print the head of the table
 * @configuration: what all rows have in common
 */
void report_begin(const char *configuration)
{
	const char *out = getenv("OUT");
	char path[4096];

	snprintf(path, sizeof(path), "%s/bench-native.json", out ?: ".");
	json = fopen(path, "w");
	if (!json)
		err(1, "%s", path);
	setup = configuration;
	fputs("[", json);
	printf("%s\n\n%-44s %9s %-5s %7s %7s %6s %5s %s\n", setup, "case", "",
	       "", "spread", "misses", "ratio", "bar", "met");
}

/**
 * report_median() - how long something took
 * @meter: how it was measured
 *
 * Return: nanoseconds
 */
double report_median(const struct meter *meter)
{
	double ns = meter->ns[RUNS / 2];

	return meter->idle ? ns - report_median(meter->idle) : ns;
}

/* How far runs are apart, without the fastest and the slowest */
static double spread(const struct meter *meter)
{
	return (meter->ns[RUNS - 2] - meter->ns[1]) / report_median(meter);
}

static void print(const struct row *row, double value, double ratio, bool met)
{
	printf("%-44s %9.1f %-5s ", row->name, value, row->unit);
	if (row->meter)
		printf("%6.1f%% ", 100 * spread(row->meter));
	else
		printf("%7s ", "-");
	if (row->meter && row->meter->misses >= 0)
		printf("%7.2f ", row->meter->misses);
	else
		printf("%7s ", "-");
	if (row->base)
		printf("%6.2f ", ratio);
	else
		printf("%6s ", "-");
	if (row->bar)
		printf("%5g %s\n", row->bar, met ? "yes" : "NO");
	else
		printf("%5s -\n", "-");
	fflush(stdout);
}

static void print_json(const struct row *row, double value, double ratio,
		       bool met)
{
	fprintf(json, "%s\n  {\"case\": \"%s\", \"baseline\": ",
		first ? "" : ",", row->name);
	first = false;
	if (row->baseline)
		fprintf(json, "\"%s\"", row->baseline);
	else
		fputs("null", json);
	fprintf(json, ", \"%s\": %.2f, \"ratio\": ",
		row->meter && !row->per ? "nanoseconds" : row->unit, value);
	if (row->base)
		fprintf(json, "%.3f", ratio);
	else
		fputs("null", json);
	if (row->bar)
		fprintf(json, ", \"bar\": %g, \"met\": %s", row->bar,
			met ? "true" : "false");
	else
		fputs(", \"bar\": null, \"met\": null", json);
	if (row->meter)
		fprintf(json, ", \"runs\": %d, \"spread\": %.4f", RUNS,
			spread(row->meter));
	else
		fputs(", \"runs\": 1, \"spread\": 0", json);
	if (row->meter && row->meter->misses >= 0)
		fprintf(json, ", \"misses\": %.3f", row->meter->misses);
	else
		fputs(", \"misses\": null", json);
	fprintf(json, ", \"configuration\": \"%s\"}", setup);
}

/**
 * report() - one more line
 * @row: the line
 */
void report(const struct row *row)
{
	double value = row->value;
	double ratio;
	bool met;

	if (row->meter)
		value = report_median(row->meter) / (row->per ?: 1);
	ratio = row->base ? value / report_median(row->base) : value;
	met = !row->bar || ratio <= row->bar;
	print(row, value, ratio, met);
	print_json(row, value, ratio, met);
	n_bars += row->bar != 0;
	n_met += row->bar != 0 && met;
}

/**
 * report_end() - that was all
 */
void report_end(void)
{
	fputs("\n]\n", json);
	if (fclose(json))
		err(1, "bench-native.json");
	printf("\n%u of %u bars met\n", n_met, n_bars);
}
