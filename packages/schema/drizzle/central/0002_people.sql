CREATE TABLE `action_policies` (
	`agent_group_id` text NOT NULL,
	`action` text NOT NULL,
	`policy` text NOT NULL,
	`set_at` text NOT NULL,
	PRIMARY KEY(`agent_group_id`, `action`),
	CONSTRAINT "action_policies_policy" CHECK("action_policies"."policy" IN ('deny', 'ask', 'allow'))
);
--> statement-breakpoint
CREATE TABLE `approval_cards` (
	`approval_id` text NOT NULL,
	`user_id` text NOT NULL,
	`messaging_group_id` text NOT NULL,
	`platform_message_id` text,
	`status` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` text,
	`shown_at` text,
	`error` text,
	PRIMARY KEY(`approval_id`, `user_id`),
	FOREIGN KEY (`approval_id`) REFERENCES `approvals`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `approval_cards_open` ON `approval_cards` (`status`,`next_attempt_at`) WHERE "approval_cards"."status" IN ('waiting', 'shown');--> statement-breakpoint
CREATE TABLE `approvals` (
	`id` text PRIMARY KEY NOT NULL,
	`action` text NOT NULL,
	`agent_group_id` text,
	`session_id` text,
	`effect` text NOT NULL,
	`digest` text NOT NULL,
	`summary` text NOT NULL,
	`reason` text NOT NULL,
	`request_key` text NOT NULL,
	`on_user_id` text,
	`on_message_id` text,
	`status` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`decided_at` text,
	`decided_by` text,
	`decided_via` text,
	`applied_at` text,
	`error` text,
	`told_at` text,
	CONSTRAINT "approvals_status" CHECK("approvals"."status" IN ('pending', 'approved', 'rejected', 'expired', 'applied', 'failed'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `approvals_request_key_unique` ON `approvals` (`request_key`);--> statement-breakpoint
CREATE INDEX `approvals_pending` ON `approvals` (`expires_at`) WHERE "approvals"."status" = 'pending';--> statement-breakpoint
CREATE INDEX `approvals_unfinished` ON `approvals` (`status`) WHERE status = 'approved' OR status <> 'pending' AND told_at IS NULL;--> statement-breakpoint
CREATE INDEX `approvals_agent` ON `approvals` (`agent_group_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`number` integer PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`kind` text NOT NULL,
	`actor` text NOT NULL,
	`subject` text NOT NULL,
	`details` text NOT NULL,
	`previous` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `engagements` (
	`wiring_id` text NOT NULL,
	`thread_id` text NOT NULL,
	`engaged_at` text NOT NULL,
	PRIMARY KEY(`wiring_id`, `thread_id`)
);
--> statement-breakpoint
CREATE TABLE `heard` (
	`session_id` text NOT NULL,
	`channel_type` text NOT NULL,
	`channel_instance` text NOT NULL,
	`platform_id` text NOT NULL,
	`user_id` text NOT NULL,
	`since` text NOT NULL,
	PRIMARY KEY(`session_id`, `channel_type`, `channel_instance`, `platform_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `heard_user` ON `heard` (`user_id`);--> statement-breakpoint
CREATE TABLE `held_events` (
	`id` text PRIMARY KEY NOT NULL,
	`approval_id` text NOT NULL,
	`messaging_group_id` text NOT NULL,
	`user_id` text NOT NULL,
	`dedupe_key` text NOT NULL,
	`event` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `held_events_key` ON `held_events` (`approval_id`,`dedupe_key`);--> statement-breakpoint
CREATE TABLE `people` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `user_roles` (
	`person_id` text NOT NULL,
	`role` text NOT NULL,
	`agent_group_id` text DEFAULT '' NOT NULL,
	`granted_at` text NOT NULL,
	`granted_by` text NOT NULL,
	PRIMARY KEY(`person_id`, `role`, `agent_group_id`),
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "user_roles_role" CHECK("user_roles"."role" IN ('owner', 'admin', 'member')),
	CONSTRAINT "user_roles_owner" CHECK("user_roles"."role" <> 'owner' OR "user_roles"."agent_group_id" = '')
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`channel_type` text NOT NULL,
	`channel_instance` text DEFAULT '' NOT NULL,
	`handle` text NOT NULL,
	`created_at` text NOT NULL,
	`direct_chat_id` text,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_account` ON `users` (`channel_type`,`channel_instance`,`handle`);--> statement-breakpoint
CREATE INDEX `users_person` ON `users` (`person_id`);--> statement-breakpoint
ALTER TABLE `agent_groups` ADD `parent_id` text;--> statement-breakpoint
ALTER TABLE `agent_groups` ADD `deleted_at` text;--> statement-breakpoint
ALTER TABLE `messaging_group_agents` ADD `engage_pattern` text;--> statement-breakpoint
ALTER TABLE `messaging_group_agents` ADD `ignored` text DEFAULT 'drop' NOT NULL;--> statement-breakpoint
ALTER TABLE `messaging_groups` ADD `unknown_senders` text DEFAULT 'strict' NOT NULL;--> statement-breakpoint
ALTER TABLE `messaging_groups` ADD `kind` text;--> statement-breakpoint
ALTER TABLE `messaging_groups` ADD `deleted_at` text;--> statement-breakpoint
CREATE TRIGGER `audit_log_keeps_rows` BEFORE DELETE ON `audit_log` BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;--> statement-breakpoint
CREATE TRIGGER `audit_log_keeps_words` BEFORE UPDATE ON `audit_log` BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
