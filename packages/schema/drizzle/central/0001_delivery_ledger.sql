CREATE TABLE `receipts` (
	`key` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`message_out_id` text NOT NULL,
	`part` integer NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `receipts_created_at` ON `receipts` (`created_at`);--> statement-breakpoint
ALTER TABLE `agent_groups` ADD `on_interrupted` text DEFAULT 'rerun' NOT NULL;--> statement-breakpoint
ALTER TABLE `agent_groups` ADD `retention_days` real DEFAULT 90;--> statement-breakpoint
ALTER TABLE `agent_groups` ADD `archive` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `incidents` ADD `told_at` text;--> statement-breakpoint
ALTER TABLE `incidents` ADD `told_through` text;--> statement-breakpoint
ALTER TABLE `incidents` ADD `tell_attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `incidents` ADD `next_tell_at` text;--> statement-breakpoint
CREATE INDEX `incidents_untold` ON `incidents` (`next_tell_at`) WHERE "incidents"."resolved_at" IS NULL AND "incidents"."told_at" IS NULL;--> statement-breakpoint
CREATE INDEX `incidents_told` ON `incidents` (`kind`,`subject`,`told_at`) WHERE "incidents"."told_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `incidents_told_at` ON `incidents` (`told_at`) WHERE "incidents"."told_at" IS NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `oldest_at` text;--> statement-breakpoint
CREATE INDEX `sessions_oldest` ON `sessions` (`agent_group_id`,`oldest_at`);