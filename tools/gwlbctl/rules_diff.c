// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is different between two rulesets, as lines of their normal form with
 * a sign before them. Rules are matched as the kernel does when it hands over
 * counters: the first of several equal ones with the first, and so on. Reads
 * structs, writes to a stream.
 */

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "rules_diff.h"
#include "rules_print.h"

#define NOWHERE	((size_t)-1)

/**
 * struct diff - what was found so far
 * @to: where it is printed
 * @found: was anything
 * @failed: there was no memory for something
 */
struct diff {
	FILE *to;
	bool found;
	bool failed;
};

/**
 * struct line - one rule
 * @text: as it is printed
 * @index: its number, from 0
 * @other: number of the same rule in the other ruleset, or NOWHERE
 * @kept: has it kept its place among the others
 */
struct line {
	char *text;
	size_t index;
	size_t other;
	bool kept;
};

static void print_options(FILE *to, const void *options)
{
	rules_print_options(to, options);
}

static void print_set(FILE *to, const void *set)
{
	rules_print_set(to, set);
}

static void print_group(FILE *to, const void *group)
{
	rules_print_group(to, group);
}

static void print_rule(FILE *to, const void *rule)
{
	rules_write_rule(to, rule);
}

/* What a statement looks like; NULL if there is no memory */
static char *render(struct diff *diff,
		    void (*print)(FILE *to, const void *what),
		    const void *what)
{
	char *text = NULL;
	size_t size;
	FILE *to;

	to = open_memstream(&text, &size);
	if (to) {
		print(to, what);
		if (fclose(to) != 0) {
			free(text);
			text = NULL;
		}
	}
	if (!text)
		diff->failed = true;
	return text;
}

/* All lines of a statement */
static void show(struct diff *diff, char sign,
		 void (*print)(FILE *to, const void *what), const void *what)
{
	char *text = render(diff, print, what);
	char *next = text, *line;

	while (text && (line = strsep(&next, "\n")) && next)
		fprintf(diff->to, "%c%s\n", sign, line);
	free(text);
	diff->found = true;
}

static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, line, len) && text[len] == '\n')
			return true;
	}
	return false;
}

/* Lines of one that the other does not have; there are a dozen at most */
static void show_missing(struct diff *diff, char sign, const char *from,
			 const char *other)
{
	char *copy = strdup(from);
	char *next = copy, *line;

	if (!copy)
		diff->failed = true;
	while (copy && (line = strsep(&next, "\n")) && next) {
		if (has_line(other, line))
			continue;
		fprintf(diff->to, "%c%s\n", sign, line);
		diff->found = true;
	}
	free(copy);
}

static void diff_options(struct diff *diff, const struct rules *before,
			 const struct rules *after)
{
	char *old = render(diff, print_options, &before->options);
	char *new = render(diff, print_options, &after->options);

	if (old && new) {
		show_missing(diff, '-', old, new);
		show_missing(diff, '+', new, old);
	}
	free(old);
	free(new);
}

static void diff_elements(struct diff *diff, const struct rules_set *before,
			  const struct rules_set *after)
{
	const struct rules_values *a = &before->elements;
	const struct rules_values *b = &after->elements;
	char text[RULES_VALUE_TEXT];
	size_t i = 0, j = 0;
	int order;

	diff->found = true;
	fprintf(diff->to, " set %s %s {\n", after->name,
		names_of(names_set_types, after->type));
	while (i < a->count || j < b->count) {
		order = i == a->count ? 1 : j == b->count ? -1 :
			rules_compare_values(&a->list[i], &b->list[j]);
		if (order < 0) {
			rules_element_text(&a->list[i++], text);
			fprintf(diff->to, "-\t%s\n", text);
		} else if (order > 0) {
			rules_element_text(&b->list[j++], text);
			fprintf(diff->to, "+\t%s\n", text);
		} else {
			i++;
			j++;
		}
	}
	fputs(" }\n", diff->to);
}

static void diff_set(struct diff *diff, const struct rules_set *before,
		     const struct rules_set *after)
{
	if (before->type != after->type) {
		show(diff, '-', print_set, before);
		show(diff, '+', print_set, after);
	} else if (!after->keep && !rules_equal_values(&before->elements,
						       &after->elements)) {
		diff_elements(diff, before, after);
	}
}

static void diff_sets(struct diff *diff, const struct rules *before,
		      const struct rules *after)
{
	size_t i = 0, j = 0;
	int order;

	while (i < before->set_count || j < after->set_count) {
		order = i == before->set_count ? 1 :
			j == after->set_count ? -1 :
			strcmp(before->sets[i].name, after->sets[j].name);
		if (order < 0)
			show(diff, '-', print_set, &before->sets[i++]);
		else if (order > 0)
			show(diff, '+', print_set, &after->sets[j++]);
		else
			diff_set(diff, &before->sets[i++], &after->sets[j++]);
	}
}

static void diff_groups(struct diff *diff, const struct rules *before,
			const struct rules *after)
{
	size_t i = 0, j = 0;
	int order;

	while (i < before->group_count || j < after->group_count) {
		order = i == before->group_count ? 1 :
			j == after->group_count ? -1 :
			strcmp(before->groups[i].name, after->groups[j].name);
		if (!order && rules_equal_group(&before->groups[i],
						&after->groups[j])) {
			i++;
			j++;
			continue;
		}
		if (order <= 0)
			show(diff, '-', print_group, &before->groups[i++]);
		if (order >= 0)
			show(diff, '+', print_group, &after->groups[j++]);
	}
}

static int by_text(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int by_index(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

static void free_lines(struct line *lines, size_t count)
{
	size_t i;

	for (i = 0; lines && i < count; i++)
		free(lines[i].text);
	free(lines);
}

static struct line *render_rules(struct diff *diff, const struct rules *rules)
{
	struct line *lines;
	size_t i;

	lines = calloc(rules->rule_count + 1, sizeof(*lines));
	if (!lines) {
		diff->failed = true;
		return NULL;
	}
	for (i = 0; i < rules->rule_count; i++) {
		lines[i].index = i;
		lines[i].other = NOWHERE;
		lines[i].text = render(diff, print_rule, &rules->rules[i]);
		if (!lines[i].text) {
			free_lines(lines, i);
			return NULL;
		}
	}
	return lines;
}

/* Finds out which rules are in both; afterwards both are in their own order */
static void pair(struct line *a, size_t a_count, struct line *b,
		 size_t b_count)
{
	size_t i = 0, j = 0;
	int order;

	qsort(a, a_count, sizeof(*a), by_text);
	qsort(b, b_count, sizeof(*b), by_text);
	while (i < a_count && j < b_count) {
		order = strcmp(a[i].text, b[j].text);
		if (!order) {
			a[i].other = b[j].index;
			b[j].other = a[i].index;
		}
		i += order <= 0;
		j += order >= 0;
	}
	qsort(a, a_count, sizeof(*a), by_index);
	qsort(b, b_count, sizeof(*b), by_index);
}

/*
 * Of the rules that are in both, as many as possible have kept their places:
 * the longest sequence whose order is the same in both. ends[n] is the rule
 * that ends the best sequence of n + 1 rules, come[i] the one before rule i in
 * the best sequence that ends with it.
 */
static int keep(struct line *a, size_t a_count, struct line *b)
{
	size_t *ends = calloc(a_count + 1, sizeof(*ends));
	size_t *come = calloc(a_count + 1, sizeof(*come));
	size_t i, low, high, middle, length = 0;

	for (i = 0; ends && come && i < a_count; i++) {
		if (a[i].other == NOWHERE)
			continue;
		low = 0;
		high = length;
		while (low < high) {
			middle = low + (high - low) / 2;
			if (a[ends[middle]].other < a[i].other)
				low = middle + 1;
			else
				high = middle;
		}
		come[i] = low ? ends[low - 1] : NOWHERE;
		ends[low] = i;
		if (low == length)
			length++;
	}
	for (i = length ? ends[length - 1] : NOWHERE; i != NOWHERE;
	     i = come[i]) {
		a[i].kept = true;
		b[a[i].other].kept = true;
	}
	i = ends && come;
	free(ends);
	free(come);
	return i ? 0 : -1;
}

static void show_rule(struct diff *diff, char sign, const struct line *line)
{
	fprintf(diff->to, "%c%s%s\n", sign, line->text,
		line->other == NOWHERE ? "" : " # moved");
	diff->found = true;
}

/* What is not kept, where it was and where it is */
static void show_rules(struct diff *diff, const struct line *a, size_t n,
		       const struct line *b, size_t m)
{
	size_t i = 0, j = 0;

	while (i < n || j < m) {
		if (i < n && !a[i].kept) {
			show_rule(diff, '-', &a[i++]);
		} else if (j < m && !b[j].kept) {
			show_rule(diff, '+', &b[j++]);
		} else {
			i++;
			j++;
		}
	}
}

static void diff_rules(struct diff *diff, const struct rules *before,
		       const struct rules *after)
{
	struct line *a = render_rules(diff, before);
	struct line *b = render_rules(diff, after);
	size_t n = before->rule_count, m = after->rule_count;

	if (a && b) {
		pair(a, n, b, m);
		if (keep(a, n, b) < 0)
			diff->failed = true;
		else
			show_rules(diff, a, n, b, m);
	}
	free_lines(a, n);
	free_lines(b, m);
}

/**
 * rules_diff() - print what is different
 * @to: where to
 * @before: one ruleset, with the elements of all its sets
 * @after: the other, in which sets may keep their elements
 *
 * Return: 0 if nothing is, 1 if something is, -1 if there was no memory.
 */
int rules_diff(FILE *to, const struct rules *before, const struct rules *after)
{
	struct diff diff = { .to = to };

	diff_options(&diff, before, after);
	diff_sets(&diff, before, after);
	diff_groups(&diff, before, after);
	diff_rules(&diff, before, after);
	if (diff.failed)
		return -1;
	return diff.found ? 1 : 0;
}
