DROP INDEX `delivered_unfinished`;--> statement-breakpoint
ALTER TABLE `delivered` ADD `in_reply_to` text;--> statement-breakpoint
ALTER TABLE `delivered` ADD `turn_id` text;--> statement-breakpoint
ALTER TABLE `delivered` ADD `written_at` text;--> statement-breakpoint
ALTER TABLE `delivered` ADD `taken_at` text;--> statement-breakpoint
ALTER TABLE `delivered` ADD `first_sent_at` text;--> statement-breakpoint
ALTER TABLE `delivered` ADD `last_sent_at` text;--> statement-breakpoint
ALTER TABLE `delivered` ADD `asked_at` text;--> statement-breakpoint
CREATE INDEX `delivered_waiting` ON `delivered` (`channel_type`,`channel_instance`,`platform_id`,`seq`) WHERE status IN ('sending','retrying') OR status='queued' AND next_attempt_at IS NULL OR status='ambiguous' AND (asked_at IS NULL OR next_attempt_at IS NOT NULL);--> statement-breakpoint
CREATE INDEX `delivered_by_status` ON `delivered` (`status`,`channel_type`,`channel_instance`,`platform_id`,`next_attempt_at`) WHERE status IN ('queued','retrying','failed','refused','ambiguous');--> statement-breakpoint
ALTER TABLE `delivered_parts` ADD `content` text;--> statement-breakpoint
ALTER TABLE `delivered_parts` ADD `first_sent_at` text;--> statement-breakpoint
ALTER TABLE `delivered_parts` ADD `last_sent_at` text;--> statement-breakpoint
ALTER TABLE `delivered_parts` ADD `ambiguous_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `delivered_parts` ADD `error` text;