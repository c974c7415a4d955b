"""PostgreSQL: the engine, the models, the named queries and the migrations. The only truth of the gateway."""
