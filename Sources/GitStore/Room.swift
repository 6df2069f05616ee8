// The room's first file stands here until the room is furnished.
