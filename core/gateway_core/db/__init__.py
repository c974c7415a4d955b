"""PostgreSQL: the pool, the models, the named queries and the migrations. The only truth of the gateway."""
