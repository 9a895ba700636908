/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/gwlb.yaml */

#ifndef _GWLB_REASONS_H
#define _GWLB_REASONS_H

/* X(number, name, class, sentence), in the order of the numbers */
#define GWLB_REASONS(X) \
	X(GWLB_REASON_RETURNED, "returned", GWLB_CLASS_RETURNED, \
	  "Handed over to be sent back to the load balancer, outer addresses swapped and nothing else changed.") \
	X(GWLB_REASON_PASS_OTHER, "pass-other", GWLB_CLASS_PASS, \
	  "Not UDP to port 6081: health checks, SSH and whatever else this host serves or forwards.") \
	X(GWLB_REASON_PASS_FRAGMENT, "pass-fragment", GWLB_CLASS_PASS, \
	  "A fragment of an outer IPv4 packet; GWLB does not send fragments.") \
	X(GWLB_REASON_PASS_NOT_HOST, "pass-not-host", GWLB_CLASS_PASS, \
	  "The link layer marked it broadcast or multicast. What it marked for another host never gets as far as here.") \
	X(GWLB_REASON_PASS_NOT_LOCAL, "pass-not-local", GWLB_CLASS_PASS, \
	  "The outer destination is not an address of this host: a packet to be forwarded.") \
	X(GWLB_REASON_DROP_NOT_PEER, "drop-not-peer", GWLB_CLASS_DROP, \
	  "The outer source is in none of the prefixes that \"gwlbctl peer\" allows.") \
	X(GWLB_REASON_DROP_BAD_SOURCE, "drop-bad-source", GWLB_CLASS_DROP, \
	  "The outer source is no unicast address, so nobody can be answered.") \
	X(GWLB_REASON_DROP_LOOP, "drop-loop", GWLB_CLASS_DROP, \
	  "The outer source is an address of this host: the answer would come back for ever.") \
	X(GWLB_REASON_DROP_UDP_LENGTH, "drop-udp-length", GWLB_CLASS_DROP, \
	  "The UDP length is not what the outer IP header says, so bytes are missing or hidden.") \
	X(GWLB_REASON_DROP_GENEVE_TRUNCATED, "drop-geneve-truncated", GWLB_CLASS_DROP, \
	  "Too short to hold a Geneve header.") \
	X(GWLB_REASON_DROP_GENEVE_VERSION, "drop-geneve-version", GWLB_CLASS_DROP, \
	  "The Geneve version is not 0 (RFC 8926, section 3.4).") \
	X(GWLB_REASON_DROP_GENEVE_CONTROL, "drop-geneve-control", GWLB_CLASS_DROP, \
	  "The O bit is set: a control packet, which must not be forwarded as data (RFC 8926, section 3.4).") \
	X(GWLB_REASON_DROP_GENEVE_PROTOCOL, "drop-geneve-protocol", GWLB_CLASS_DROP, \
	  "The payload is neither IPv4 nor IPv6; GWLB sends no Ethernet frames.") \
	X(GWLB_REASON_DROP_OPTION_OVERRUN, "drop-option-overrun", GWLB_CLASS_DROP, \
	  "A Geneve option, or the option area, is longer than the bytes that are there.") \
	X(GWLB_REASON_DROP_OPTION_CRITICAL, "drop-option-critical", GWLB_CLASS_DROP, \
	  "An unknown Geneve option is marked critical (RFC 8926, section 3.5).") \
	X(GWLB_REASON_DROP_OPTION_LENGTH, "drop-option-length", GWLB_CLASS_DROP, \
	  "One of GWLB's own options (endpoint, attachment, cookie) has a wrong length.") \
	X(GWLB_REASON_DROP_OPTION_DUPLICATE, "drop-option-duplicate", GWLB_CLASS_DROP, \
	  "One of GWLB's own options occurs twice.") \
	X(GWLB_REASON_DROP_NO_ENDPOINT, "drop-no-endpoint", GWLB_CLASS_DROP, \
	  "The option that names the VPC endpoint is missing.") \
	X(GWLB_REASON_DROP_NO_COOKIE, "drop-no-cookie", GWLB_CLASS_DROP, \
	  "The option with the flow cookie is missing.") \
	X(GWLB_REASON_DROP_INNER_VERSION, "drop-inner-version", GWLB_CLASS_DROP, \
	  "The inner IP version does not match the Geneve protocol type, or there is no inner packet.") \
	X(GWLB_REASON_DROP_INNER_TRUNCATED, "drop-inner-truncated", GWLB_CLASS_DROP, \
	  "The inner packet is shorter than its own headers or lengths say.") \
	X(GWLB_REASON_DROP_INNER_TRAILING, "drop-inner-trailing", GWLB_CLASS_DROP, \
	  "Bytes follow the inner packet that its own length does not cover.") \
	X(GWLB_REASON_DROP_INNER_HEADER, "drop-inner-header", GWLB_CLASS_DROP, \
	  "The inner IPv4 header length is impossible, or the total length is smaller than it.") \
	X(GWLB_REASON_DROP_INNER_CHECKSUM, "drop-inner-checksum", GWLB_CLASS_DROP, \
	  "The checksum of the inner IPv4 header is wrong.") \
	X(GWLB_REASON_DROP_INNER_CHAIN, "drop-inner-chain", GWLB_CLASS_DROP, \
	  "The inner IPv6 extension headers are too many or out of place, or there are two fragment headers.") \
	X(GWLB_REASON_DROP_INNER_FRAGMENT, "drop-inner-fragment", GWLB_CLASS_DROP, \
	  "The inner fragment is empty, reaches beyond the largest possible packet, or has a length that is not a multiple of 8.") \
	X(GWLB_REASON_DROP_INNER_TINY_FRAGMENT, "drop-inner-tiny-fragment", GWLB_CLASS_DROP, \
	  "The inner fragment splits the transport header, which hides it from inspection (RFC 1858, RFC 7112).") \
	X(GWLB_REASON_DROP_INNER_TRANSPORT, "drop-inner-transport", GWLB_CLASS_DROP, \
	  "The inner TCP, UDP or ICMP header is cut off or contradicts the length of the packet.") \
	X(GWLB_REASON_DROP_GSO, "drop-gso", GWLB_CLASS_DROP, \
	  "An aggregate (GRO, GSO) whose packets could not be told apart, or, in a user namespace, one that had the kernel ask its rules for too long.") \
	X(GWLB_REASON_DROP_NO_MEMORY, "drop-no-memory", GWLB_CLASS_DROP, \
	  "The kernel had no memory to make the packet readable or writable, or for its flow.") \
	X(GWLB_REASON_DROP_NO_ROUTE, "drop-no-route", GWLB_CLASS_DROP, \
	  "There is no plain route back to the load balancer: none at all, or one that encrypts (IPsec) or wraps.") \
	X(GWLB_REASON_DROP_NO_LINK, "drop-no-link", GWLB_CLASS_DROP, \
	  "Send mode \"reflect\", but the packet came without an Ethernet header to swap.") \
	X(GWLB_REASON_DROP_TOO_BIG, "drop-too-big", GWLB_CLASS_DROP, \
	  "Larger than the MTU of the way back; GWLB does not accept fragments.") \
	X(GWLB_REASON_DROP_TRANSMIT, "drop-transmit", GWLB_CLASS_DROP, \
	  "The device or its queue did not take the packet.") \
	X(GWLB_REASON_DROP_RULE, "drop-rule", GWLB_CLASS_DROP, \
	  "A rule says so.") \
	X(GWLB_REASON_DROP_POLICY, "drop-policy", GWLB_CLASS_DROP, \
	  "No rule decided, and the policy of the group, or of endpoints that are in none, says so.") \
	X(GWLB_REASON_DROP_REJECT, "drop-reject", GWLB_CLASS_DROP, \
	  "A rule or a policy rejects it; the sender was told so, unless that happened too often.") \
	X(GWLB_REASON_DROP_REMEMBERED, "drop-remembered", GWLB_CLASS_DROP, \
	  "Its flow was refused before, and refused flows are remembered.") \
	X(GWLB_REASON_DROP_FLOW_LIMIT, "drop-flow-limit", GWLB_CLASS_DROP, \
	  "Its endpoint has as many flows as it may have.") \
	X(GWLB_REASON_DROP_FLOW_FULL, "drop-flow-full", GWLB_CLASS_DROP, \
	  "The table of flows is full.") \
	X(GWLB_REASON_DROP_FRAGMENT_LOST, "drop-fragment-lost", GWLB_CLASS_DROP, \
	  "A later fragment whose first fragment was refused, or was not seen while neither a rule for later fragments nor the policy accepts it.") \
	X(GWLB_REASON_DROP_FRAGMENT_OVERLAP, "drop-fragment-overlap", GWLB_CLASS_DROP, \
	  "A later fragment that reaches into the first one, whose headers it could replace behind our back (RFC 5722).")

#endif /* _GWLB_REASONS_H */
