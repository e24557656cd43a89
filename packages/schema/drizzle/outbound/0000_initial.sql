CREATE TABLE `container_state` (
	`id` integer PRIMARY KEY NOT NULL,
	`epoch` integer NOT NULL,
	`current_tool` text,
	`tool_deadline` text,
	`updated_at` text NOT NULL,
	CONSTRAINT "container_state_one_row" CHECK("container_state"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `messages_out` (
	`id` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`in_reply_to` text,
	`timestamp` text NOT NULL,
	`deliver_after` text,
	`recurrence` text,
	`kind` text NOT NULL,
	`platform_id` text,
	`channel_type` text,
	`thread_id` text,
	`content` text NOT NULL,
	`channel_instance` text DEFAULT '' NOT NULL,
	`turn_id` text,
	`call_key` text,
	CONSTRAINT "messages_out_seq_odd" CHECK("messages_out"."seq" % 2 = 1)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_out_seq` ON `messages_out` (`seq`);--> statement-breakpoint
CREATE UNIQUE INDEX `messages_out_call` ON `messages_out` (`turn_id`,`call_key`);--> statement-breakpoint
CREATE TABLE `processing_ack` (
	`message_id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`status_changed` text NOT NULL,
	`turn_id` text,
	`epoch` integer,
	CONSTRAINT "processing_ack_status" CHECK("processing_ack"."status" IN ('processing', 'completed', 'failed'))
);
--> statement-breakpoint
CREATE INDEX `processing_ack_processing` ON `processing_ack` (`message_id`) WHERE "processing_ack"."status" = 'processing';--> statement-breakpoint
CREATE TABLE `session_state` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `turns` (
	`turn_id` text PRIMARY KEY NOT NULL,
	`epoch` integer NOT NULL,
	`message_ids` text NOT NULL,
	`claims` integer NOT NULL,
	`claimed_at` text NOT NULL,
	`ended_at` text,
	`status` text NOT NULL,
	`error` text,
	`usage` text,
	CONSTRAINT "turns_status" CHECK("turns"."status" IN ('running', 'completed', 'failed', 'interrupted'))
);
--> statement-breakpoint
CREATE INDEX `turns_running` ON `turns` (`claimed_at`) WHERE "turns"."status" = 'running';