// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset_replace: how a snapshot is put in the place of another one, and how
 * that one comes back if nobody confirms. See ruleset.h. Owns what goes over
 * from one to the other: accounts of what stays the same, and the numbers of
 * groups.
 */
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "array.h"
#include "event.h"
#include "flow.h"
#include "gwlb.h"
#include "reclaim.h"
#include "ruleset.h"
#include "set.h"

static struct gwlb_ruleset *current_rules(struct gwlb_net *gn)
{
	return rcu_dereference_protected(gn->rules,
					 lockdep_is_held(&gn->rules_lock));
}

/* Are two snapshots the same? */

static bool same_source(const struct gwlb_source *a,
			const struct gwlb_source *b)
{
	return a->len == b->len && !memcmp(a->payload, b->payload, a->len);
}

static bool same_prefix(const struct gwlb_prefix *a,
			const struct gwlb_prefix *b)
{
	return a->family == b->family && a->len == b->len &&
	       !memcmp(&a->address, &b->address, sizeof(a->address));
}

static bool same_options(const struct gwlb_options *a,
			 const struct gwlb_options *b)
{
	/* Numbers of 4 bytes, then of 1: there is no padding. */
	size_t first = offsetof(struct gwlb_options, flow_max);
	size_t end = offsetofend(struct gwlb_options, on_full);
	u32 i;

	if (memcmp((const u8 *)a + first, (const u8 *)b + first, end - first) ||
	    a->inside.n != b->inside.n)
		return false;
	for (i = 0; i < a->inside.n; i++)
		if (!same_prefix(&a->inside.prefixes[i],
				 &b->inside.prefixes[i]))
			return false;
	return true;
}

static bool same_ruleset(const struct gwlb_ruleset *a,
			 const struct gwlb_ruleset *b)
{
	u32 i;

	if (a->n_rules != b->n_rules || a->n_groups != b->n_groups ||
	    a->n_sets != b->n_sets || !same_options(&a->options, &b->options))
		return false;
	for (i = 0; i < a->n_rules; i++)
		if (!same_source(&a->texts[i].source, &b->texts[i].source))
			return false;
	for (i = 0; i < a->n_groups; i++)
		if (!same_source(&a->groups[i].source, &b->groups[i].source))
			return false;
	for (i = 0; i < a->n_sets; i++)
		if (!gwlb_set_equal(a->sets[i], b->sets[i]))
			return false;
	return true;
}

/* What goes over */

#define NOTHING	U32_MAX

/**
 * struct heirs - rules of the old snapshot whose accounts can be had
 * @first: by hash, the first rule, or NOTHING
 * @next: by rule, the next one with that hash, or NOTHING
 * @hash: by rule, the hash of its source
 * @bits: there are 1 << @bits of @first
 * @seed: of the hash, which nobody can know
 */
struct heirs {
	u32 *first;
	u32 *next;
	u32 *hash;
	u32 bits;
	u32 seed;
};

static u32 source_hash(const struct heirs *heirs,
		       const struct gwlb_source *source)
{
	return jhash(source->payload, source->len, heirs->seed);
}

static void heirs_free(struct heirs *heirs)
{
	kvfree(heirs->first);
	kvfree(heirs->next);
	kvfree(heirs->hash);
}

/* From the last rule to the first, so that of equal ones the first is found
 * first. Whatever comes of it, @heirs is to be freed.
 */
static int heirs_init(struct heirs *heirs, const struct gwlb_ruleset *old)
{
	u32 i, n = old->n_rules, *slot;

	heirs->seed = get_random_u32();
	heirs->bits = order_base_2(n + 2);
	heirs->first = kvmalloc_array(1U << heirs->bits, sizeof(u32),
				      GFP_KERNEL_ACCOUNT);
	heirs->next = kvmalloc_array(n, sizeof(u32), GFP_KERNEL_ACCOUNT);
	heirs->hash = kvmalloc_array(n, sizeof(u32), GFP_KERNEL_ACCOUNT);
	if (!heirs->first || !heirs->next || !heirs->hash)
		return -ENOMEM;
	memset(heirs->first, 0xff, sizeof(u32) << heirs->bits);
	for (i = n; i--;) {
		heirs->hash[i] = source_hash(heirs, &old->texts[i].source);
		slot = &heirs->first[hash_32(heirs->hash[i], heirs->bits)];
		heirs->next[i] = *slot;
		*slot = i;
	}
	return 0;
}

/* The first rule with that source which was not had yet, or NOTHING */
static u32 heirs_take(struct heirs *heirs, const struct gwlb_ruleset *old,
		      const struct gwlb_source *source)
{
	u32 hash = source_hash(heirs, source), i;
	u32 *slot = &heirs->first[hash_32(hash, heirs->bits)];

	for (; *slot != NOTHING; slot = &heirs->next[*slot]) {
		i = *slot;
		if (heirs->hash[i] == hash &&
		    same_source(&old->texts[i].source, source)) {
			*slot = heirs->next[i];
			return i;
		}
	}
	return NOTHING;
}

/* @from: the account to take over, or NULL for a new one
 * @book: where new ones are made
 */
static int open_account(struct gwlb_ruleset *rs, u32 index,
			struct gwlb_account *from, u64 interval, u32 burst,
			struct gwlb_account_book **book)
{
	if (from)
		rs->accounts[index] = gwlb_account_get(from);
	else
		rs->accounts[index] = gwlb_account_open(book, interval,
							burst);
	return rs->accounts[index] ? 0 : -ENOMEM;
}

static int open_rule_accounts(struct gwlb_ruleset *rs,
			      const struct gwlb_ruleset *old,
			      struct gwlb_account_book **book)
{
	const struct gwlb_rule_text *text;
	struct gwlb_account *from;
	struct heirs heirs;
	u32 i, heir;
	int err;

	err = heirs_init(&heirs, old);
	for (i = 0; !err && i < rs->n_rules; i++) {
		text = &rs->texts[i];
		heir = heirs_take(&heirs, old, &text->source);
		from = heir == NOTHING ? NULL : old->accounts[heir];
		err = open_account(rs, i, from, text->interval, text->burst,
				   book);
		if (text->interval)
			rs->rules[i].limit = rs->accounts[i];
		cond_resched();
	}
	heirs_free(&heirs);
	return err;
}

/* @old_group: the group of the same name, or GWLB_NO_GROUP for options */
static int open_policy_account(struct gwlb_ruleset *rs, u32 group,
			       const struct gwlb_ruleset *old, u32 old_group,
			       struct gwlb_account_book **book)
{
	struct gwlb_account *from = NULL;
	u32 index;

	if (gwlb_ruleset_policy(rs, group) ==
	    gwlb_ruleset_policy(old, old_group)) {
		index = gwlb_ruleset_policy_index(old, old_group);
		from = old->accounts[index];
	}
	return open_account(rs, gwlb_ruleset_policy_index(rs, group), from,
			    0, 0, book);
}

static int take_over_groups(struct gwlb_net *gn, struct gwlb_ruleset *rs,
			    const struct gwlb_ruleset *old,
			    struct gwlb_account_book **book)
{
	u32 i, before;
	int err = 0;

	for (i = 0; !err && i < rs->n_groups; i++) {
		before = gwlb_ruleset_find_group(old, rs->groups[i].name);
		if (before == GWLB_NO_GROUP) {
			rs->groups[i].id = ++gn->last_group_id;
			err = open_account(rs, rs->n_rules + i, NULL, 0, 0,
					   book);
			continue;
		}
		rs->groups[i].id = old->groups[before].id;
		err = open_policy_account(rs, i, old, before, book);
	}
	return err;
}

static int take_over(struct gwlb_net *gn, struct gwlb_ruleset *rs,
		     const struct gwlb_ruleset *old)
{
	struct gwlb_account_book *book = NULL;
	int err;

	rs->accounts = gwlb_array(rs->n_rules + rs->n_groups + 1,
				  sizeof(*rs->accounts));
	if (!rs->accounts)
		return -ENOMEM;
	err = open_rule_accounts(rs, old, &book);
	if (!err)
		err = take_over_groups(gn, rs, old, &book);
	if (!err)
		err = open_policy_account(rs, GWLB_NO_GROUP, old,
					  GWLB_NO_GROUP, &book);
	gwlb_account_close(book);
	return err;
}

/* Replacing */

static void reclaim_ruleset(struct work_struct *work)
{
	gwlb_ruleset_free(container_of(to_rcu_work(work), struct gwlb_ruleset,
				       rwork));
}

static void set_generation(struct gwlb_ruleset *rs, u32 generation)
{
	/* Who sees either sees what was changed before. */
	smp_store_release(&rs->generation, generation);
	atomic64_set_release(&rs->accepted,
			     gwlb_decision(generation, GWLB_VERDICT_ACCEPT, 0));
}

static void publish(struct gwlb_net *gn, struct gwlb_ruleset *rs)
{
	/* A snapshot that comes back may still have readers. */
	set_generation(rs, current_rules(gn)->generation + 1);
	rcu_assign_pointer(gn->rules, rs);
	gn->rules_changes++;
	gwlb_event_ruleset(gn, rs->generation);
}

/**
 * gwlb_ruleset_replace() - make a snapshot the one in force
 * @gn: the namespace; its rules_lock is held
 * @rs: the snapshot, complete but for accounts and numbers of groups; belongs
 *	to this function from now on
 * @confirm: after so many seconds the old one comes back, unless somebody
 *	confirms; 0 for never
 *
 * One that says the same as the one in force changes nothing.
 *
 * Context: process, may sleep
 * Return: 0, or -ENOMEM, after which everything is as it was
 */
int gwlb_ruleset_replace(struct gwlb_net *gn, struct gwlb_ruleset *rs,
			 u32 confirm)
{
	struct gwlb_ruleset *old = current_rules(gn);
	int err;

	if (same_ruleset(rs, old)) {
		gwlb_ruleset_free(rs);
		return 0;
	}
	err = take_over(gn, rs, old);
	if (err) {
		gwlb_ruleset_free(rs);
		return err;
	}
	publish(gn, rs);
	if (!confirm) {
		gwlb_reclaim(&old->rwork, reclaim_ruleset);
		return 0;
	}
	gn->rollback.previous = old;
	gn->rollback.deadline = jiffies + confirm * HZ;
	/* Not system_wq, which 7.x has by another name and warns of. */
	mod_delayed_work(system_power_efficient_wq, &gn->rollback.work,
			 confirm * HZ);
	return 0;
}

static void roll_back(struct gwlb_net *gn)
{
	struct gwlb_ruleset *tried = current_rules(gn);

	publish(gn, gn->rollback.previous);
	gn->rollback.previous = NULL;
	gwlb_reclaim(&tried->rwork, reclaim_ruleset);
}

/**
 * gwlb_ruleset_confirm() - end a trial
 * @gn: the namespace; its rules_lock is held
 * @rollback: bring the old snapshot back, or else keep the new one
 *
 * Context: process
 * Return: 0, or -ENOENT if nothing is on trial
 */
int gwlb_ruleset_confirm(struct gwlb_net *gn, bool rollback)
{
	struct gwlb_ruleset *previous = gn->rollback.previous;

	if (!previous)
		return -ENOENT;
	/* If it is running it waits for the lock and finds nothing to do. */
	cancel_delayed_work(&gn->rollback.work);
	if (rollback) {
		roll_back(gn);
		return 0;
	}
	gn->rollback.previous = NULL;
	gwlb_reclaim(&previous->rwork, reclaim_ruleset);
	return 0;
}

/* One that waited for the lock while its trial ended, and the next one began,
 * is too early for that.
 */
static void rollback_work(struct work_struct *work)
{
	struct gwlb_net *gn = container_of(to_delayed_work(work),
					   struct gwlb_net, rollback.work);

	mutex_lock(&gn->rules_lock);
	if (gn->rollback.previous &&
	    time_after_eq(jiffies, gn->rollback.deadline))
		roll_back(gn);
	mutex_unlock(&gn->rules_lock);
}

/**
 * gwlb_ruleset_changed() - one of the sets in force has changed
 * @gn: the namespace; its rules_lock is held
 *
 * What was decided before is to be decided again.
 *
 * Context: process
 */
void gwlb_ruleset_changed(struct gwlb_net *gn)
{
	struct gwlb_ruleset *rs = current_rules(gn);

	set_generation(rs, rs->generation + 1);
	gn->rules_changes++;
	gwlb_event_ruleset(gn, rs->generation);
}

/**
 * gwlb_ruleset_init() - the ruleset that a namespace starts with
 * @gn: the namespace
 *
 * Context: process
 * Return: 0 or -ENOMEM
 */
int gwlb_ruleset_init(struct gwlb_net *gn)
{
	struct gwlb_ruleset *rs = gwlb_ruleset_alloc();

	if (!rs)
		return -ENOMEM;
	rs->accounts = kvcalloc(1, sizeof(*rs->accounts), GFP_KERNEL_ACCOUNT);
	if (rs->accounts)
		rs->accounts[0] = gwlb_account_alloc(0, 0);
	if (!rs->accounts || !rs->accounts[0]) {
		gwlb_ruleset_free(rs);
		return -ENOMEM;
	}
	set_generation(rs, 0);
	INIT_DELAYED_WORK(&gn->rollback.work, rollback_work);
	RCU_INIT_POINTER(gn->rules, rs);
	return 0;
}

/**
 * gwlb_ruleset_stop() - nothing comes back any more
 * @gn: the namespace, which nobody asks for changes any more
 *
 * Context: process, may sleep, without the lock
 */
void gwlb_ruleset_stop(struct gwlb_net *gn)
{
	cancel_delayed_work_sync(&gn->rollback.work);
}

/**
 * gwlb_ruleset_exit() - free all that a namespace has
 * @gn: the namespace; no packet is in its hook any more
 *
 * Context: process, may sleep
 */
void gwlb_ruleset_exit(struct gwlb_net *gn)
{
	if (gn->rollback.previous)
		gwlb_ruleset_free(gn->rollback.previous);
	gwlb_ruleset_free(rcu_dereference_protected(gn->rules, true));
}
