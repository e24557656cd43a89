CREATE TABLE `delivered` (
	`message_out_id` text PRIMARY KEY NOT NULL,
	`platform_message_id` text,
	`status` text NOT NULL,
	`delivered_at` text,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`channel_type` text,
	`channel_instance` text DEFAULT '' NOT NULL,
	`platform_id` text,
	`thread_id` text,
	`content` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`ambiguous_count` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` text,
	`error` text,
	CONSTRAINT "delivered_status" CHECK("delivered"."status" IN ('queued', 'sending', 'retrying', 'delivered', 'failed', 'refused', 'ambiguous'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `delivered_seq` ON `delivered` (`seq`);--> statement-breakpoint
CREATE INDEX `delivered_unfinished` ON `delivered` (`channel_type`,`channel_instance`,`platform_id`,`seq`) WHERE "delivered"."status" IN ('queued', 'sending', 'retrying', 'ambiguous');--> statement-breakpoint
CREATE TABLE `delivered_parts` (
	`message_out_id` text NOT NULL,
	`part` integer NOT NULL,
	`status` text NOT NULL,
	`platform_message_id` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`message_out_id`, `part`)
);
--> statement-breakpoint
CREATE TABLE `destinations` (
	`name` text PRIMARY KEY NOT NULL,
	`display_name` text NOT NULL,
	`type` text NOT NULL,
	`channel_type` text,
	`platform_id` text,
	`agent_group_id` text,
	`channel_instance` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE `events` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`type` text NOT NULL,
	`message_seq` integer NOT NULL,
	`status` text NOT NULL,
	`detail` text
);
--> statement-breakpoint
CREATE TABLE `host_state` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `messages_in` (
	`id` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`timestamp` text NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`process_after` text,
	`recurrence` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`platform_id` text,
	`channel_type` text,
	`thread_id` text,
	`content` text NOT NULL,
	`channel_instance` text DEFAULT '' NOT NULL,
	`platform_message_id` text,
	`dedupe_key` text,
	`trigger` integer DEFAULT 1 NOT NULL,
	`on_wake` integer DEFAULT 0 NOT NULL,
	`source_session_id` text,
	`hops` integer DEFAULT 0 NOT NULL,
	`series_id` text,
	CONSTRAINT "messages_in_seq_even" CHECK("messages_in"."seq" % 2 = 0),
	CONSTRAINT "messages_in_status" CHECK("messages_in"."status" IN ('pending', 'completed', 'failed', 'paused'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_in_dedupe_key_unique` ON `messages_in` (`dedupe_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `messages_in_seq` ON `messages_in` (`seq`);--> statement-breakpoint
CREATE INDEX `messages_in_pending` ON `messages_in` (`seq`) WHERE "messages_in"."status" = 'pending';--> statement-breakpoint
CREATE INDEX `messages_in_wanting` ON `messages_in` (`seq`) WHERE "messages_in"."status" = 'pending' AND "messages_in"."trigger" = 1;--> statement-breakpoint
CREATE TABLE `session_routing` (
	`id` integer PRIMARY KEY NOT NULL,
	`channel_type` text,
	`platform_id` text,
	`thread_id` text,
	`channel_instance` text DEFAULT '' NOT NULL,
	CONSTRAINT "session_routing_one_row" CHECK("session_routing"."id" = 1)
);
