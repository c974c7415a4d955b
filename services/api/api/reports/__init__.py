"""What a merchant's dashboard reads: totals, the queues, exports, the story of one payment."""
