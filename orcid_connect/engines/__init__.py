"""What keeps the journeys going: engines that plan, deliver and tell in the background."""
