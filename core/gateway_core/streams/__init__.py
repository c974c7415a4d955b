"""Wake-up messages over Redis Streams: somewhere in PostgreSQL there is work. Losing one costs at most a second."""
