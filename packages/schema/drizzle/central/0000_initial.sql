CREATE TABLE `agent_destinations` (
	`agent_group_id` text NOT NULL,
	`local_name` text NOT NULL,
	`display_name` text NOT NULL,
	`target_type` text NOT NULL,
	`target_id` text NOT NULL,
	`when` text DEFAULT 'members' NOT NULL,
	`created_at` text NOT NULL,
	`revoked_at` text,
	PRIMARY KEY(`agent_group_id`, `local_name`),
	FOREIGN KEY (`agent_group_id`) REFERENCES `agent_groups`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "agent_destinations_target_type" CHECK("agent_destinations"."target_type" IN ('channel', 'agent')),
	CONSTRAINT "agent_destinations_when" CHECK("agent_destinations"."when" IN ('members', 'anyone'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agent_destinations_target` ON `agent_destinations` (`agent_group_id`,`target_type`,`target_id`) WHERE "agent_destinations"."revoked_at" IS NULL;--> statement-breakpoint
CREATE TABLE `agent_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`folder` text NOT NULL,
	`agent_provider` text DEFAULT 'scripted' NOT NULL,
	`is_admin` integer DEFAULT 0 NOT NULL,
	`unaddressed_output` text DEFAULT 'scratchpad' NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agent_groups_folder_unique` ON `agent_groups` (`folder`);--> statement-breakpoint
CREATE TABLE `applied_actions` (
	`action_id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`action` text NOT NULL,
	`applied_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `channel_state` (
	`channel_type` text NOT NULL,
	`channel_instance` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`channel_type`, `channel_instance`, `key`)
);
--> statement-breakpoint
CREATE TABLE `incident_events` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`incident_id` text NOT NULL,
	`change` text NOT NULL,
	`occurrences` integer NOT NULL,
	`message` text NOT NULL,
	FOREIGN KEY (`incident_id`) REFERENCES `incidents`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `incident_events_change` ON `incident_events` (`incident_id`,`change`);--> statement-breakpoint
CREATE TABLE `incidents` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`session_id` text,
	`agent_group_id` text,
	`message` text NOT NULL,
	`occurrences` integer DEFAULT 1 NOT NULL,
	`opened_at` text NOT NULL,
	`last_seen_at` text NOT NULL,
	`resolved_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `incidents_open` ON `incidents` (`kind`,`subject`) WHERE "incidents"."resolved_at" IS NULL;--> statement-breakpoint
CREATE TABLE `messaging_group_agents` (
	`id` text PRIMARY KEY NOT NULL,
	`messaging_group_id` text NOT NULL,
	`agent_group_id` text NOT NULL,
	`session_mode` text DEFAULT 'shared' NOT NULL,
	`engage_mode` text DEFAULT 'always' NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`messaging_group_id`) REFERENCES `messaging_groups`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`agent_group_id`) REFERENCES `agent_groups`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "messaging_group_agents_session_mode" CHECK("messaging_group_agents"."session_mode" IN ('shared', 'per-thread', 'agent-shared')),
	CONSTRAINT "messaging_group_agents_engage_mode" CHECK("messaging_group_agents"."engage_mode" IN ('always', 'mention', 'mention-sticky', 'pattern'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messaging_group_agents_pair` ON `messaging_group_agents` (`messaging_group_id`,`agent_group_id`);--> statement-breakpoint
CREATE TABLE `messaging_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`channel_type` text NOT NULL,
	`channel_instance` text DEFAULT '' NOT NULL,
	`platform_id` text NOT NULL,
	`name` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messaging_groups_place` ON `messaging_groups` (`channel_type`,`channel_instance`,`platform_id`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`agent_group_id` text NOT NULL,
	`messaging_group_id` text,
	`thread_id` text,
	`agent_provider` text,
	`status` text DEFAULT 'active' NOT NULL,
	`container_status` text DEFAULT 'stopped' NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`next_due_at` text,
	`last_active` text,
	`last_event` integer,
	`created_at` text NOT NULL,
	FOREIGN KEY (`agent_group_id`) REFERENCES `agent_groups`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`messaging_group_id`) REFERENCES `messaging_groups`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sessions_status" CHECK("sessions"."status" IN ('active', 'closed')),
	CONSTRAINT "sessions_container_status" CHECK("sessions"."container_status" IN ('running', 'idle', 'stopped'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_active_key` ON `sessions` (`key`) WHERE "sessions"."status" = 'active';--> statement-breakpoint
CREATE INDEX `sessions_next_due_at` ON `sessions` (`next_due_at`) WHERE "sessions"."next_due_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sessions_last_event` ON `sessions` (`last_event`);--> statement-breakpoint
CREATE INDEX `sessions_agent_group` ON `sessions` (`agent_group_id`);--> statement-breakpoint
CREATE INDEX `sessions_messaging_group` ON `sessions` (`messaging_group_id`);