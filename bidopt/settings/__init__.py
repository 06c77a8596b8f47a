"""shop.yaml -> checked settings -> the recommender of the shop."""
