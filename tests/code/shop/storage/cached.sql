SELECT * FROM shop.brands;
