# How a text cites the law that it rests on.
law-cited = { $said } (GDPR { $place })
law-cited-uk = { $said } (UK GDPR { $place })
law-article = Article { $article }
law-article-paragraph = Article { $article }({ $paragraph })
law-article-point = Article { $article }({ $paragraph })({ $point })
